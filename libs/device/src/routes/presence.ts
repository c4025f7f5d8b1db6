import {
  defineRoute,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowSchema,
  rowsFor,
} from '@plenum/http';
import { Type } from 'typebox';
import { presenceShown } from '../presence/presence-table.ts';
import type { DeviceServices } from '../services.ts';

const presenceSchema = rowSchema('DevicePresence', presenceShown);

/** An MQTT client id may be any text, and longer than other ids. */
const clientId = Type.String({ description: 'The MQTT client id.', minLength: 1, maxLength: 256 });

const ofPresence = {
  method: 'GET',
  access: { permission: 'read:devices' },
  projections: ['device_presence'],
  tags: ['device'],
} as const;

export const presenceRoutes = (services: DeviceServices): readonly Route[] => [listRoute(services), oneRoute(services)];

const listRoute = ({ reads: { presence }, limits }: DeviceServices) =>
  defineRoute({
    ...ofPresence,
    operationId: 'listDevicePresence',
    path: '/devices/presence',
    summary: 'MQTT clients, by id: which are connected, since when, and where',
    querystring: query({
      connected: Type.Optional(
        Type.Boolean({ description: 'Only clients that are connected, or only those that are not.' }),
      ),
      replica: Type.Optional(
        Type.String({ description: 'Only clients whose last connection is to this bridge.', maxLength: 200 }),
      ),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(presenceSchema), ...problems() },
    handle: async ({ query: { connected, replica, limit }, place }) => {
      const [afterClient] = place(1) ?? [];
      const rows = await presence.page({ connected, replica, afterClient, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ client_id }) => [client_id] });
    },
  });

const oneRoute = ({ reads: { presence } }: DeviceServices) =>
  defineRoute({
    ...ofPresence,
    operationId: 'getDevicePresence',
    path: '/devices/presence/:id',
    summary: 'Whether an MQTT client is connected, and its last connection',
    params: Type.Object({ id: clientId }),
    querystring: query({}),
    answers: { 200: presenceSchema, ...problems(404) },
    handle: async ({ params: { id } }) => {
      const known = await presence.byClient(id);
      if (known === undefined) throw new Problem('not-found', 'No client of this id was ever seen.');
      return known;
    },
  });
