import { defineRoute, page, pageFields, pageOf, problems, query, type Route, rowSchema, rowsFor } from '@plenum/http';
import { countsShown } from '../reads.ts';
import type { QuarantineServices } from '../services.ts';
import { clientFields } from './quarantine.ts';

const countSchema = rowSchema('RefusedCount', countsShown);

export const countRoutes = ({ reads: { quarantine }, limits }: QuarantineServices): readonly Route[] => [
  defineRoute({
    operationId: 'listRefusedCounts',
    method: 'GET',
    path: '/quarantine/counts',
    access: { permission: 'read:quarantine' },
    projections: ['quarantine'],
    tags: ['quarantine'],
    summary: 'Refused messages counted by client and reason',
    querystring: query({ ...clientFields, ...pageFields(limits) }),
    answers: { 200: pageOf(countSchema), ...problems() },
    handle: async ({ query: { client, code, limit }, place }) => {
      const placed = place(2);
      const after = placed && { client_id: placed[0] ?? '', code: placed[1] ?? '' };
      const rows = await quarantine.counts({ client, code, after, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.client_id, row.code] });
    },
  }),
];
