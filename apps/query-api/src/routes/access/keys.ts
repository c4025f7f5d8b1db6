/** API keys: which there are, and commands about them. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type KeyReads, seenBy } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import {
  identifier,
  notModified,
  type PageLimits,
  Problem,
  pageFields,
  pageOf,
  problems,
  query,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import type { FastifyRequest } from 'fastify';
import { page, placeOf } from '../../conventions/pages.ts';
import { versioned } from '../../conventions/versions.ts';
import { decidedFields, entityParams, organisationAsked, permissionList } from './access-fields.ts';
import { keyCommands } from './key-commands.ts';
import { versionStatusRoute } from './version-status.ts';

export type KeyRoutesParts = {
  readonly keys: KeyReads;
  readonly limits: PageLimits;
  readonly authentication: () => Authentication;
};

const access = { permission: 'admin:api_keys' } as const;

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
  last_used: textOrNull({ description: 'As it was told: after a minute, and up to an hour late for a busy key.' }),
  use_count: Type.Integer({ description: 'As late as `last_used`.' }),
  issued_by: Type.String(),
  ...decidedFields,
});

export const keyRoutes =
  ({ keys, limits, authentication }: KeyRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const shown = async (id: string, request?: FastifyRequest) =>
      (await keys.byId(id, seenBy(request?.identity)))?.stream_version;
    await app.register(keyCommands({ authentication, shown }));
    await app.register(versionStatusRoute({ kind: '/keys', access, projection: 'api_keys', shown }));

    app.get(
      '/keys',
      {
        config: { access, projections: ['api_keys'] },
        schema: {
          tags: ['access'],
          summary: 'API keys, by id',
          querystring: query({
            organisation: organisationAsked,
            name: Type.Optional(identifier('Only keys with this name.')),
            active: Type.Optional(Type.Boolean({ description: 'Only those that open something, or that do not.' })),
            ...pageFields(limits),
          }),
          response: { 200: pageOf(keySchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { name, active, limit } = request.query;
        const organisation = seenBy(request.identity, request.query.organisation);
        const [afterKey] = placeOf(request, 1) ?? [];
        const rows = await keys.page({ organisation, name, active, afterKey, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: ({ key_id }) => [key_id] });
      },
    );

    app.get(
      '/keys/:id',
      {
        config: { access, projections: ['api_keys'] },
        schema: {
          tags: ['access'],
          summary: 'One API key, without what opens anything',
          params: entityParams('Which key.'),
          querystring: query({}),
          response: { 200: keySchema, ...notModified, ...problems(404) },
        },
      },
      async (request, reply) => {
        const key = await keys.byId(request.params.id, seenBy(request.identity));
        if (key === undefined) throw new Problem('not-found', 'There is no such key.');
        return versioned(reply, key);
      },
    );
  };
