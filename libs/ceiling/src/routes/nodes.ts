import {
  defineRoute,
  identifier,
  listOf,
  notModified,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowSchema,
  rowsFor,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import { nodesShown } from '../nodes/reads.ts';
import { type CeilingServices, silentSinceUs } from '../services.ts';
import { nodeStatus } from './fields.ts';
import { latestReadingSchema } from './readings.ts';

const derived = {
  stale: Type.Boolean({ description: 'Neither it nor its sensors were heard of lately (STALE_AFTER_S).' }),
  latest_reading: textOrNull({
    format: 'date-time',
    description: 'Effective time of the latest reading of its sensors.',
  }),
};

const nodeSchema = rowSchema('Node', nodesShown, derived);

const nodeWithReadings = rowSchema('NodeWithReadings', nodesShown, {
  ...derived,
  readings: listOf(latestReadingSchema, { description: 'The latest of each of its sensors.' }),
  readings_next: textOrNull({ description: 'Where the rest is, if it has more sensors than fit on a page.' }),
});

export const nodeRoutes = (services: CeilingServices): readonly Route[] => [listRoute(services), oneRoute(services)];

const listRoute = (services: CeilingServices) =>
  defineRoute({
    operationId: 'listNodes',
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
    operationId: 'getNode',
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
