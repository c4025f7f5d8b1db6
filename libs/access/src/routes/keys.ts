/** API keys: which there are. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  entityRoutes,
  identifier,
  organisationAsked,
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
import { keysShown } from '../keys/reads.ts';
import type { AccessServices } from '../services.ts';
import { keyStream } from '../streams.ts';

const keySchema = rowSchema('ApiKey', keysShown);

export const ofKeys = {
  kind: '/keys',
  one: 'Key',
  access: { permission: 'admin:api_keys' },
  tags: ['access'],
  projection: 'api_keys',
  stream: keyStream,
} as const;

export const keyRoutes = ({ reads: { keys }, limits }: AccessServices): readonly Route[] => [
  ...entityRoutes({
    ...ofKeys,
    schema: keySchema,
    visible: (id, { identity }) => keys.byId(id, seenBy(identity)),
  }),
  defineRoute({
    operationId: 'listKeys',
    method: 'GET',
    path: ofKeys.kind,
    access: ofKeys.access,
    projections: ['api_keys'],
    tags: ofKeys.tags,
    summary: 'API keys, by id',
    querystring: query({
      organisation: organisationAsked,
      name: Type.Optional(identifier('Only keys with this name.')),
      active: Type.Optional(Type.Boolean({ description: 'Only those that open something, or that do not.' })),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(keySchema), ...problems() },
    handle: async ({ query: { organisation: asked, name, active, limit }, place, identity }) => {
      const organisation = seenBy(identity, asked);
      const [afterKey] = place(1) ?? [];
      const rows = await keys.page({ organisation, name, active, afterKey, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ key_id }) => [key_id] });
    },
  }),
];
