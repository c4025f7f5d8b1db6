/** API keys: which there are. */
import { seenBy } from '@plenum/event';
import {
  defineRoute,
  identifier,
  notModified,
  Problem,
  page,
  pageFields,
  pageOf,
  problems,
  query,
  type Route,
  rowsFor,
  textOrNull,
  utcTime,
  versioned,
  versionStatusRoute,
} from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { decidedFields, entityParams, organisationAsked, permissionList } from './fields.ts';

const keySchema = Type.Object({
  key_id: Type.String(),
  name: Type.String(),
  role: Type.String(),
  permissions: permissionList,
  created_at: utcTime('When it was issued.'),
  expires_at: textOrNull({ description: 'Null: never.' }),
  is_active: Type.Boolean({ description: 'Neither disabled nor revoked.' }),
  is_revoked: Type.Boolean({ description: 'For ever.' }),
  rate_limit: Type.Integer({ description: 'Requests a minute.' }),
  last_used: textOrNull({ description: 'As it was reported: after a minute, and up to an hour late for a busy key.' }),
  use_count: Type.Integer({ description: 'As late as `last_used`.' }),
  issued_by: Type.String(),
  ...decidedFields,
});

const ofKeys = {
  method: 'GET',
  access: { permission: 'admin:api_keys' },
  projections: ['api_keys'],
  tags: ['access'],
} as const;

export const keyRoutes = ({ reads: { keys }, limits }: AccessServices): readonly Route[] => [
  versionStatusRoute({
    ...{ kind: '/keys', access: ofKeys.access, projection: 'api_keys', tags: ofKeys.tags },
    shown: async (id, { identity }) => (await keys.byId(id, seenBy(identity)))?.stream_version,
  }),
  defineRoute({
    ...ofKeys,
    path: '/keys',
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
  defineRoute({
    ...ofKeys,
    path: '/keys/:id',
    summary: 'One API key, without what opens anything',
    params: entityParams('Which key.'),
    querystring: query({}),
    answers: { 200: keySchema, ...notModified, ...problems(404) },
    handle: async (asked) => {
      const key = await keys.byId(asked.params.id, seenBy(asked.identity));
      if (key === undefined) throw new Problem('not-found', 'There is no such key.');
      return versioned(asked, key);
    },
  }),
];
