/** Accounts: who there is. */
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
import { decidedFields, entityParams, organisationAsked, permissionList, roleField } from './fields.ts';

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

const ofUsers = {
  method: 'GET',
  access: { permission: 'admin:users' },
  projections: ['users'],
  tags: ['access'],
} as const;

export const userRoutes = ({ reads: { users }, limits }: AccessServices): readonly Route[] => [
  versionStatusRoute({
    ...{ kind: '/users', access: ofUsers.access, projection: 'users', tags: ofUsers.tags },
    shown: async (id, { identity }) => (await users.byId(id, seenBy(identity)))?.stream_version,
  }),
  defineRoute({
    ...ofUsers,
    path: '/users',
    summary: 'Users, in the order in which they were made',
    querystring: query({
      organisation: organisationAsked,
      role: Type.Optional(roleField),
      active: Type.Optional(Type.Boolean({ description: 'Only those that are not disabled, or that are.' })),
      login: Type.Optional(identifier('Only the one with this login; upper and lower case are the same.')),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(userSchema), ...problems() },
    handle: async ({ query: { organisation: asked, role, active, login, limit }, place, identity }) => {
      const organisation = seenBy(identity, asked);
      const [afterUser] = place(1) ?? [];
      const rows = await users.page({ organisation, role, active, login, afterUser, limit: rowsFor(limit) });
      return page({ rows, limit, place: ({ user_id }) => [user_id] });
    },
  }),
  defineRoute({
    ...ofUsers,
    path: '/users/:id',
    summary: 'One user',
    params: entityParams('Which user.'),
    querystring: query({}),
    answers: { 200: userSchema, ...notModified, ...problems(404) },
    handle: async (asked) => {
      const user = await users.byId(asked.params.id, seenBy(asked.identity));
      if (user === undefined) throw new Problem('not-found', 'There is no such user.');
      return versioned(asked, user);
    },
  }),
];
