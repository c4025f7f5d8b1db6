/** Commands about accounts. */
import {
  commandsOf,
  defineRoute,
  listOf,
  metadataWithoutVersion,
  problems,
  query,
  type Route,
  refusedProblem,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { body, entityParams, givenPermissions, roleField } from './fields.ts';
import { secretOf } from './secret-of.ts';
import { ofUsers } from './users.ts';

const text = (description: string, maxLength = 200) => Type.String({ description, minLength: 1, maxLength });
const email = Type.String({ description: 'Empty: none.', maxLength: 200 });
const password = Type.String({
  description: 'A one-time password is made, unless given.',
  minLength: 12,
  maxLength: 1024,
});

const newUser = body(
  {
    login: text('Unique; upper and lower case are the same.', 128),
    name: text('For people.'),
    email: Type.Optional(email),
    role: roleField,
    permissions: givenPermissions,
    password: Type.Optional(password),
    organisation: Type.Optional(text('Your own, unless given; another one takes `admin:organisations`.', 63)),
  },
  'NewUser',
);

const userChange = body(
  {
    login: Type.Optional(text('Another login; the old one is free then.', 128)),
    name: Type.Optional(text('For people.')),
    email: Type.Optional(email),
    role: Type.Optional(roleField),
    permissions: givenPermissions,
  },
  'UserChange',
);

const withPassword = {
  name: 'PasswordReceipt',
  fields: { password: textOrNull({ description: 'The one-time password that was made; shown this once.' }) },
  of: (done: Parameters<typeof secretOf>[0]) => ({ password: secretOf(done) }),
};

export const userCommands = (services: AccessServices): readonly Route[] => {
  const users = () => services.accounts().users;
  const { making, about } = commandsOf({ ...services, ...ofUsers });
  return [
    making({
      operationId: 'createUser',
      summary: 'A new user',
      description: 'A caller can give no permission that they have not got.',
      body: newUser,
      answer: withPassword,
      run: (asked, metadata) => users().create({ ...asked.body, ...metadata }),
    }),
    about(
      { method: 'PATCH' },
      {
        operationId: 'changeUser',
        summary: 'Change a user; what is not given stays',
        description: 'A new role brings its own permissions, unless some are given.',
        body: userChange,
        run: (asked, metadata) => users().change(asked.params.id, { ...asked.body, ...metadata }),
      },
    ),
    about(
      { at: '/disable' },
      {
        operationId: 'disableUser',
        summary: 'Disable a user: none of their sessions opens anything from then on',
        run: ({ params: { id } }, metadata) => users().disable(id, metadata),
      },
    ),
    about(
      { at: '/enable' },
      {
        operationId: 'enableUser',
        summary: 'Enable a user again',
        run: ({ params: { id } }, metadata) => users().enable(id, metadata),
      },
    ),
    about(
      { at: '/unlock' },
      {
        operationId: 'unlockUser',
        summary: 'End a lock-out after too many wrong passwords',
        run: ({ params: { id } }, metadata) => users().unlock(id, metadata),
      },
    ),
    about(
      { at: '/password' },
      {
        operationId: 'resetPassword',
        summary: 'Another password for a user, whose sessions end',
        body: body({ password: Type.Optional(password) }, 'PasswordReset'),
        absentBodyIsEmpty: true,
        answer: withPassword,
        run: (asked, metadata) => users().resetPassword(asked.params.id, { ...asked.body, ...metadata }),
      },
    ),
    endSessionsRoute(services),
  ];
};

const endSessionsRoute = (services: AccessServices) =>
  defineRoute({
    operationId: 'endSessionsOfUser',
    method: 'DELETE',
    path: '/users/:id/sessions',
    access: ofUsers.access,
    tags: ofUsers.tags,
    summary: 'End all sessions of a user',
    params: entityParams('Which user.'),
    querystring: query({}),
    answers: {
      200: Type.Object({ ended: listOf(Type.String(), { description: 'Token ids.' }) }, { title: 'EndedSessions' }),
      ...problems(404),
    },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const ended = await services.accounts().sessions.endAll(asked.params.id, metadata);
      if (ended.outcome === 'refused') throw refusedProblem(ended);
      return { ended: ended.ended };
    },
  });
