import { defineRoute, page, pageFields, pageOf, problems, query, type Route, rowsFor, utcTime } from '@plenum/http';
import { Type } from 'typebox';
import type { QuarantineServices } from '../services.ts';
import { clientFields } from './quarantine.ts';

const countSchema = Type.Object({
  client_id: Type.String(),
  code: Type.String(),
  messages: Type.Integer(),
  bytes: Type.Integer({ description: 'Their payloads together.' }),
  first_time: utcTime('The first was refused then.'),
  last_time: utcTime('The last was refused then.'),
});

export const countRoutes = ({ reads: { quarantine }, limits }: QuarantineServices): readonly Route[] => [
  defineRoute({
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
