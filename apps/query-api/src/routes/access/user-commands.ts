/** Commands about accounts. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Authentication, Handled } from '@plenum/authentication';
import type { CommandMetadata } from '@plenum/event';
import { listOf, problems, query, textOrNull } from '@plenum/http';
import { absentIsEmpty } from '../../conventions/bodies.ts';
import {
  commandAnswers,
  metadataOf,
  metadataWithoutVersion,
  receipt,
  receiptFields,
  refusedProblem,
  type ShownVersion,
} from '../../conventions/commands.ts';
import { body, entityParams, givenPermissions, roleField } from './access-fields.ts';

export type UserCommandsParts = { readonly authentication: () => Authentication; readonly shown: ShownVersion };

const config = { access: { permission: 'admin:users' } } as const;
const under = '/api/v1/users';

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
  password: textOrNull({ description: 'The one-time password that was made; told this once.' }),
});

export const userCommands =
  (parts: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(createRoute(parts));
    await app.register(changeRoute(parts));
    await app.register(standingRoutes(parts));
    await app.register(passwordRoute(parts));
    await app.register(endSessionsRoute(parts));
  };

const createRoute =
  ({ authentication, shown }: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/users',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'A new user',
          description: 'Whoever makes one can give no permission that he has not got.',
          querystring: query({}),
          body: newUser,
          response: { ...commandAnswers(201, withPassword), ...problems() },
        },
      },
      async (request, reply) => {
        const metadata = metadataWithoutVersion(request);
        const done = await authentication().users.create({ ...request.body, ...metadata });
        return told(done, await receipt(request, reply, { done, success: 201, under, shown }));
      },
    );
  };

const changeRoute =
  ({ authentication, shown }: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.patch(
      '/users/:id',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'Change a user; what is not given stays',
          description: 'A new role brings its own permissions, unless some are given.',
          params: entityParams('Which user.'),
          querystring: query({}),
          body: userChange,
          response: { ...commandAnswers(200), ...problems() },
        },
      },
      async (request, reply) => {
        const metadata = metadataOf(request);
        const done = await authentication().users.change(request.params.id, { ...request.body, ...metadata });
        return receipt(request, reply, { done, success: 200, under, shown });
      },
    );
  };

/** Commands that need to be told no more than about whom. */
const standingRoutes =
  ({ authentication, shown }: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const simple = (
      verb: string,
      summary: string,
      run: (users: Authentication['users'], id: string, metadata: CommandMetadata) => Handled,
    ): void => {
      app.post(
        `/users/:id/${verb}`,
        {
          config,
          schema: {
            tags: ['access'],
            summary,
            params: entityParams('Which user.'),
            querystring: query({}),
            response: { ...commandAnswers(200), ...problems() },
          },
        },
        async (request, reply) => {
          const metadata = metadataOf(request);
          const done = await run(authentication().users, request.params.id, metadata);
          return receipt(request, reply, { done, success: 200, under, shown });
        },
      );
    };
    simple('disable', 'Disable a user: none of his sessions opens anything from then on', (users, id, metadata) =>
      users.disable(id, metadata),
    );
    simple('enable', 'Enable a user again', (users, id, metadata) => users.enable(id, metadata));
    simple('unlock', 'End a lock-out after too many wrong passwords', (users, id, metadata) =>
      users.unlock(id, metadata),
    );
  };

const passwordRoute =
  ({ authentication, shown }: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/users/:id/password',
      {
        config,
        preValidation: absentIsEmpty,
        schema: {
          tags: ['access'],
          summary: 'Another password for a user, whose sessions end',
          params: entityParams('Which user.'),
          querystring: query({}),
          body: body({ password: Type.Optional(password) }),
          response: { ...commandAnswers(200, withPassword), ...problems() },
        },
      },
      async (request, reply) => {
        const metadata = metadataOf(request);
        const done = await authentication().users.resetPassword(request.params.id, { ...request.body, ...metadata });
        return told(done, await receipt(request, reply, { done, success: 200, under, shown }));
      },
    );
  };

const endSessionsRoute =
  ({ authentication }: UserCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete(
      '/users/:id/sessions',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'End all sessions of a user',
          params: entityParams('Which user.'),
          querystring: query({}),
          response: {
            200: Type.Object({ ended: listOf(Type.String(), { description: 'Token ids.' }) }),
            ...problems(404),
          },
        },
      },
      async (request, _reply) => {
        const metadata = metadataWithoutVersion(request);
        const ended = await authentication().sessions.endAll(request.params.id, metadata);
        if (ended.outcome === 'refused') throw refusedProblem(ended);
        return { ended: ended.ended };
      },
    );
  };

/** A secret is told to whoever ordered it, this once. */
const told = <R extends object>(done: object, made: R): R & { readonly password: string | null } => ({
  ...made,
  password: 'secret' in done && typeof done.secret === 'string' ? done.secret : null,
});
