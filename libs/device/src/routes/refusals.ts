import { defineRoute, page, pageFields, pageOf, problems, query, type Route, rowSchema, rowsFor } from '@plenum/http';
import { Type } from 'typebox';
import { refusedClientsShown } from '../refusals/refusal-tables.ts';
import type { DeviceServices } from '../services.ts';

const refusedClientSchema = rowSchema('RefusedClient', refusedClientsShown);

export const refusalRoutes = ({ reads: { refusals }, limits }: DeviceServices): readonly Route[] => [
  defineRoute({
    method: 'GET',
    access: { permission: 'read:devices' },
    projections: ['refused_clients'],
    tags: ['device'],
    operationId: 'listRefusedClients',
    path: '/devices/refusals',
    summary: 'MQTT clients that did not sign in as nodes, by id: how often, and why',
    querystring: query({
      admitted: Type.Optional(
        Type.Boolean({ description: 'Only clients that were let in all the same, or only those that were not.' }),
      ),
      code: Type.Optional(Type.String({ description: 'Only for this reason.', maxLength: 100 })),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(refusedClientSchema), ...problems() },
    handle: async ({ query: { admitted, code, limit }, place }) => {
      const [afterClient] = place(1) ?? [];
      const rows = await refusals.page({ admitted, code, afterClient, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ client_id }) => [client_id] });
    },
  }),
];
