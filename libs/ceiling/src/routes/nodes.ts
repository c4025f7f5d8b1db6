import {
  defineRoute,
  identifier,
  jsonObjectOrNull,
  listOf,
  notModified,
  numberOrNull,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  provenanceFields,
  query,
  type Route,
  rowsFor,
  textOrNull,
  textsOrNull,
  utcTime,
} from '@plenum/http';
import { Type } from 'typebox';
import { type CeilingServices, silentSinceUs } from '../services.ts';
import { nodeStatus } from './fields.ts';
import { latestReadingSchema } from './reading-schemas.ts';

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

export const nodeRoutes = (services: CeilingServices): readonly Route[] => [listRoute(services), oneRoute(services)];

const listRoute = (services: CeilingServices) =>
  defineRoute({
    method: 'GET',
    path: '/nodes',
    access: { permission: 'read:sensors' },
    projections: ['nodes', 'readings'],
    tags: ['ceiling'],
    summary: 'Nodes, by id',
    querystring: query({
      status: Type.Optional(nodeStatus),
      stale: Type.Optional(Type.Boolean({ description: 'Only nodes that are stale, or only those that are not.' })),
      ...pageFields(services.limits),
    }),
    answers: { 200: pageOf(nodeSchema), ...problems() },
    handle: async ({ query: { status, stale, limit }, place }) => {
      const [afterNode] = place(1) ?? [];
      const asked = { status, stale, afterNode, limit: rowsFor(limit), silentSinceUs: silentSinceUs(services) };
      const rows = await services.reads.nodes.page(asked);
      return page({ rows, limit, place: ({ node_id }) => [node_id] });
    },
  });

const oneRoute = (services: CeilingServices) => {
  const { reads, limits, lists } = services;
  return defineRoute({
    method: 'GET',
    path: '/nodes/:id',
    access: { permission: 'read:sensors' },
    projections: ['nodes', 'readings'],
    tags: ['ceiling'],
    summary: 'One node with the latest reading of each of its sensors',
    params: Type.Object({ id: identifier('Which node.') }),
    querystring: query({}),
    answers: { 200: nodeWithReadings, ...notModified, ...problems(404) },
    entityTag: true,
    handle: async ({ params: { id } }) => {
      const node = await reads.nodes.byId(id, silentSinceUs(services));
      if (node === undefined) throw new Problem('not-found', 'No node of this id registered or reported its status.');
      const rows = await reads.readings.latest({ filter: { node: id }, limit: rowsFor(limits.limitMax) });
      const { items, isWhole } = lists.fitting(rows, { limit: limits.limitMax, show: (row) => row, beside: node });
      return {
        ...node,
        readings: items,
        readings_next: isWhole ? null : `/api/v1/readings/latest?${new URLSearchParams({ node: id })}`,
      };
    },
  });
};
