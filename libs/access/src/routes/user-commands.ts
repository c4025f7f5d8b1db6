/** Commands about accounts. */
import type { CommandMetadata } from '@plenum/event';
import {
  commandAnswers,
  defineRoute,
  listOf,
  metadataOf,
  metadataWithoutVersion,
  problems,
  query,
  type Route,
  receipt,
  receiptFields,
  refusedProblem,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import type { Handled } from '../ports/handled.ts';
import type { UserPort } from '../ports/users.ts';
import type { AccessServices } from '../services.ts';
import { body, entityParams, givenPermissions, roleField } from './fields.ts';
import { secretOf } from './secret-of.ts';

const ofUsers = { access: { permission: 'admin:users' }, tags: ['access'], querystring: query({}) } as const;
const params = entityParams('Which user.');

const text = (description: string, maxLength = 200) => Type.String({ description, minLength: 1, maxLength });
const email = Type.String({ description: 'Empty: none.', maxLength: 200 });
const password = Type.String({
  description: 'A one-time password is made, unless given.',
  minLength: 12,
  maxLength: 1024,
});

const newUser = body({
  login: text('Unique; upper and lower case are the same.', 128),
  name: text('For people.'),
  email: Type.Optional(email),
  role: roleField,
  permissions: givenPermissions,
  password: Type.Optional(password),
  organisation: Type.Optional(text('Your own, unless given; another one takes `admin:organisations`.', 63)),
});

const userChange = body({
  login: Type.Optional(text('Another login; the old one is free then.', 128)),
  name: Type.Optional(text('For people.')),
  email: Type.Optional(email),
  role: Type.Optional(roleField),
  permissions: givenPermissions,
});

const withPassword = Type.Object({
  ...receiptFields,
  password: textOrNull({ description: 'The one-time password that was made; shown this once.' }),
});

export const userCommands = (services: AccessServices): readonly Route[] => [
  createRoute(services),
  changeRoute(services),
  ...standingRoutes(services),
  passwordRoute(services),
  endSessionsRoute(services),
];

/** Where a receipt points, and how it is found out what is shown. */
const whereOf = ({ reads: { users }, untilShown }: AccessServices) => ({
  under: '/api/v1/users',
  shown: async (id: string) => (await users.byId(id))?.stream_version,
  untilShown,
});

const createRoute = (services: AccessServices) =>
  defineRoute({
    ...ofUsers,
    method: 'POST',
    path: '/users',
    summary: 'A new user',
    description: 'A caller can give no permission that they have not got.',
    body: newUser,
    answers: { ...commandAnswers(201, withPassword), ...problems() },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const done = await services.accounts().users.create({ ...asked.body, ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 201, more: { password: secretOf(done) } });
    },
  });

const changeRoute = (services: AccessServices) =>
  defineRoute({
    ...ofUsers,
    method: 'PATCH',
    path: '/users/:id',
    summary: 'Change a user; what is not given stays',
    description: 'A new role brings its own permissions, unless some are given.',
    params,
    body: userChange,
    answers: { ...commandAnswers(200), ...problems() },
    handle: async (asked) => {
      const metadata = metadataOf(asked);
      const done = await services.accounts().users.change(asked.params.id, { ...asked.body, ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 200 });
    },
  });

type Standing = (users: UserPort, id: string, metadata: CommandMetadata) => Handled;

/** Commands that need nothing but which user they are about. */
const standingRoutes = (services: AccessServices): readonly Route[] => {
  const simple = (verb: string, summary: string, run: Standing) =>
    defineRoute({
      ...ofUsers,
      method: 'POST',
      path: `/users/:id/${verb}`,
      summary,
      params,
      answers: { ...commandAnswers(200), ...problems() },
      handle: async (asked) => {
        const metadata = metadataOf(asked);
        const done = await run(services.accounts().users, asked.params.id, metadata);
        return receipt(asked, { ...whereOf(services), done, success: 200 });
      },
    });
  return [
    simple('disable', 'Disable a user: none of their sessions opens anything from then on', (users, id, metadata) =>
      users.disable(id, metadata),
    ),
    simple('enable', 'Enable a user again', (users, id, metadata) => users.enable(id, metadata)),
    simple('unlock', 'End a lock-out after too many wrong passwords', (users, id, metadata) =>
      users.unlock(id, metadata),
    ),
  ];
};

const passwordRoute = (services: AccessServices) =>
  defineRoute({
    ...ofUsers,
    method: 'POST',
    path: '/users/:id/password',
    summary: 'Another password for a user, whose sessions end',
    params,
    body: body({ password: Type.Optional(password) }),
    absentBodyIsEmpty: true,
    answers: { ...commandAnswers(200, withPassword), ...problems() },
    handle: async (asked) => {
      const metadata = metadataOf(asked);
      const done = await services.accounts().users.resetPassword(asked.params.id, { ...asked.body, ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 200, more: { password: secretOf(done) } });
    },
  });

const endSessionsRoute = (services: AccessServices) =>
  defineRoute({
    ...ofUsers,
    method: 'DELETE',
    path: '/users/:id/sessions',
    summary: 'End all sessions of a user',
    params,
    answers: {
      200: Type.Object({ ended: listOf(Type.String(), { description: 'Token ids.' }) }),
      ...problems(404),
    },
    handle: async (asked) => {
      const metadata = metadataWithoutVersion(asked);
      const ended = await services.accounts().sessions.endAll(asked.params.id, metadata);
      if (ended.outcome === 'refused') throw refusedProblem(ended);
      return { ended: ended.ended };
    },
  });
