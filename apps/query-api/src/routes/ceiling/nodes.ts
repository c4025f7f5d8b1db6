import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { NodeReads, ReadingReads } from '@plenum/ceiling';
import { fitting } from '../../conventions/bytes.ts';
import { entityTag } from '../../conventions/etag.ts';
import {
  identifier,
  jsonObjectOrNull,
  listOf,
  nodeStatus,
  numberOrNull,
  provenanceFields,
  query,
  textOrNull,
  textsOrNull,
  utcTime,
} from '../../conventions/fields.ts';
import { type PageLimits, page, pageFields, pageOf, placeOf, rowsFor } from '../../conventions/pages.ts';
import { Problem, problems } from '../../conventions/problem.ts';
import { latestReadingSchema } from './reading-schemas.ts';

export type NodeRoutesParts = {
  readonly nodes: NodeReads;
  readonly readings: Pick<ReadingReads, 'latest'>;
  readonly limits: PageLimits;
  /** Nodes that were not heard of since then are stale; microseconds. */
  readonly silentSinceUs: () => number;
};

const nodeFields = {
  node_id: Type.String(),
  status: textOrNull({ description: 'As last reported; null if it never said.' }),
  stale: Type.Boolean({ description: 'Neither it nor its sensors were heard of lately (STALE_AFTER_S).' }),
  battery_level: numberOrNull({ description: 'Percent, as last reported.' }),
  last_seen: utcTime('When its last registration or status came.'),
  latest_reading: textOrNull({ description: 'Effective time of the latest reading of its sensors.' }),
  location: jsonObjectOrNull({ description: 'x, y, z in millimetres and, where known, zone; as registered.' }),
  sensors: textsOrNull({ description: 'As registered: sensor types, or ids of sensors it claims.' }),
  firmware_version: textOrNull(),
  capabilities: jsonObjectOrNull(),
  registered_time: textOrNull({ description: 'Of the registration shown.' }),
  ...provenanceFields,
};

const nodeSchema = Type.Object(nodeFields);

const nodeWithReadings = Type.Object({
  ...nodeFields,
  readings: listOf(latestReadingSchema, { description: 'The latest of each of its sensors.' }),
  readings_next: textOrNull({ description: 'Where the rest is, if it has more sensors than fit on a page.' }),
});

export const nodeRoutes =
  ({ nodes, readings, limits, silentSinceUs }: NodeRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/nodes',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['nodes', 'readings'] },
        schema: {
          tags: ['ceiling'],
          summary: 'Nodes, by id',
          querystring: query({
            status: Type.Optional(nodeStatus),
            stale: Type.Optional(
              Type.Boolean({ description: 'Only nodes that are stale, or only those that are not.' }),
            ),
            ...pageFields(limits),
          }),
          response: { 200: pageOf(nodeSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { status, stale, limit } = request.query;
        const [afterNode] = placeOf(request, 1) ?? [];
        const rows = await nodes.page({
          status,
          stale,
          afterNode,
          limit: rowsFor(limit),
          silentSinceUs: silentSinceUs(),
        });
        return page(reply, { rows, limit, place: ({ node_id }) => [node_id] });
      },
    );

    app.get(
      '/nodes/:id',
      {
        config: { access: { permission: 'read:sensors' }, projections: ['nodes', 'readings'] },
        onSend: entityTag,
        schema: {
          tags: ['ceiling'],
          summary: 'One node with the latest reading of each of its sensors',
          params: Type.Object({ id: identifier('Which node.') }),
          querystring: query({}),
          response: {
            200: nodeWithReadings,
            304: Type.Null({ description: 'As `If-None-Match` has it.' }),
            ...problems(404),
          },
        },
      },
      async ({ params: { id } }) => {
        const node = await nodes.byId(id, silentSinceUs());
        if (node === undefined) throw new Problem('not-found', 'No node of this id registered or reported its status.');
        const rows = await readings.latest({ filter: { node: id }, limit: rowsFor(limits.limitMax) });
        const { items, isWhole } = fitting(rows, { limit: limits.limitMax, show: (row) => row, beside: node });
        return {
          ...node,
          readings: items,
          readings_next: isWhole ? null : `/api/v1/readings/latest?${new URLSearchParams({ node: id })}`,
        };
      },
    );
  };
