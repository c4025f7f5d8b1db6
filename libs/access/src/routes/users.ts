/** Accounts: who there is. */
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
import type { AccessServices } from '../services.ts';
import { userStream } from '../streams.ts';
import { usersTable } from '../users/users-projection.ts';
import { roleField } from './fields.ts';

const userSchema = rowSchema('User', usersTable);

export const ofUsers = {
  kind: '/users',
  one: 'User',
  access: { permission: 'admin:users' },
  tags: ['access'],
  projection: 'users',
  stream: userStream,
} as const;

export const userRoutes = ({ reads: { users }, limits }: AccessServices): readonly Route[] => [
  ...entityRoutes({
    ...ofUsers,
    schema: userSchema,
    visible: (id, { identity }) => users.byId(id, seenBy(identity)),
  }),
  defineRoute({
    operationId: 'listUsers',
    method: 'GET',
    path: ofUsers.kind,
    access: ofUsers.access,
    projections: ['users'],
    tags: ofUsers.tags,
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
];
