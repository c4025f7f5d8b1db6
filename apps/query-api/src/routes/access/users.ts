/** Accounts: who there is, and commands about them. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { seenBy, type UserReads } from '@plenum/access';
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
import { decidedFields, entityParams, organisationAsked, permissionList, roleField } from './access-fields.ts';
import { userCommands } from './user-commands.ts';
import { versionStatusRoute } from './version-status.ts';

export type UserRoutesParts = {
  readonly users: UserReads;
  readonly limits: PageLimits;
  readonly authentication: () => Authentication;
};

const access = { permission: 'admin:users' } as const;

const userSchema = Type.Object({
  user_id: Type.String(),
  login: textOrNull(),
  name: textOrNull(),
  email: textOrNull(),
  role: Type.String(),
  permissions: permissionList,
  is_active: Type.Boolean({ description: 'False: disabled.' }),
  locked_until: textOrNull({ description: 'After too many wrong passwords; may be past.' }),
  created_at: utcTime('When the account was made.'),
  changed_at: utcTime('When it was last changed.'),
  imported_id: textOrNull({ description: 'What the replaced system they come from calls them.' }),
  ...decidedFields,
});

export const userRoutes =
  ({ users, limits, authentication }: UserRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const shown = async (id: string, request?: FastifyRequest) =>
      (await users.byId(id, seenBy(request?.identity)))?.stream_version;
    await app.register(userCommands({ authentication, shown }));
    await app.register(versionStatusRoute({ kind: '/users', access, projection: 'users', shown }));

    app.get(
      '/users',
      {
        config: { access, projections: ['users'] },
        schema: {
          tags: ['access'],
          summary: 'Users, in the order in which they were made',
          querystring: query({
            organisation: organisationAsked,
            role: Type.Optional(roleField),
            active: Type.Optional(Type.Boolean({ description: 'Only those that are not disabled, or that are.' })),
            login: Type.Optional(identifier('Only the one with this login; upper and lower case are the same.')),
            ...pageFields(limits),
          }),
          response: { 200: pageOf(userSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { role, active, login, limit } = request.query;
        const organisation = seenBy(request.identity, request.query.organisation);
        const [afterUser] = placeOf(request, 1) ?? [];
        const rows = await users.page({ organisation, role, active, login, afterUser, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: ({ user_id }) => [user_id] });
      },
    );

    app.get(
      '/users/:id',
      {
        config: { access, projections: ['users'] },
        schema: {
          tags: ['access'],
          summary: 'One user',
          params: entityParams('Which user.'),
          querystring: query({}),
          response: { 200: userSchema, ...notModified, ...problems(404) },
        },
      },
      async (request, reply) => {
        const user = await users.byId(request.params.id, seenBy(request.identity));
        if (user === undefined) throw new Problem('not-found', 'There is no such user.');
        return versioned(reply, user);
      },
    );
  };
