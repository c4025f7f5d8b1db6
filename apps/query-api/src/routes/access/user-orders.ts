/** Orders about accounts. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Admission, Order, Ordered } from '@plenum/admission';
import { absentIsEmpty } from '../../conventions/bodies.ts';
import { listOf, query, textOrNull } from '../../conventions/fields.ts';
import {
  orderAnswers,
  orderOf,
  orderWithoutVersion,
  receipt,
  receiptFields,
  refusedProblem,
  type ShownVersion,
} from '../../conventions/orders.ts';
import { problems } from '../../conventions/problem.ts';
import { body, entityParams, givenPermissions, roleField } from './access-fields.ts';

export type UserOrdersParts = { readonly admission: () => Admission; readonly shown: ShownVersion };

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

export const userOrders =
  (parts: UserOrdersParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(createRoute(parts));
    await app.register(changeRoute(parts));
    await app.register(standingRoutes(parts));
    await app.register(passwordRoute(parts));
    await app.register(endSessionsRoute(parts));
  };

const createRoute =
  ({ admission, shown }: UserOrdersParts): FastifyPluginAsyncTypebox =>
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
          response: { ...orderAnswers(201, withPassword), ...problems() },
        },
      },
      async (request, reply) => {
        const order = orderWithoutVersion(request);
        const done = await admission().users.create({ ...request.body, ...order });
        return told(done, await receipt(request, reply, { done, success: 201, under, shown }));
      },
    );
  };

const changeRoute =
  ({ admission, shown }: UserOrdersParts): FastifyPluginAsyncTypebox =>
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
          response: { ...orderAnswers(200), ...problems() },
        },
      },
      async (request, reply) => {
        const order = orderOf(request);
        const done = await admission().users.change(request.params.id, { ...request.body, ...order });
        return receipt(request, reply, { done, success: 200, under, shown });
      },
    );
  };

/** Orders that need to be told no more than about whom. */
const standingRoutes =
  ({ admission, shown }: UserOrdersParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const simple = (
      verb: string,
      summary: string,
      run: (users: Admission['users'], id: string, order: Order) => Ordered,
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
            response: { ...orderAnswers(200), ...problems() },
          },
        },
        async (request, reply) => {
          const order = orderOf(request);
          const done = await run(admission().users, request.params.id, order);
          return receipt(request, reply, { done, success: 200, under, shown });
        },
      );
    };
    simple('disable', 'Disable a user: none of his sessions opens anything from then on', (users, id, order) =>
      users.disable(id, order),
    );
    simple('enable', 'Enable a user again', (users, id, order) => users.enable(id, order));
    simple('unlock', 'End a lock-out after too many wrong passwords', (users, id, order) => users.unlock(id, order));
  };

const passwordRoute =
  ({ admission, shown }: UserOrdersParts): FastifyPluginAsyncTypebox =>
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
          response: { ...orderAnswers(200, withPassword), ...problems() },
        },
      },
      async (request, reply) => {
        const order = orderOf(request);
        const done = await admission().users.resetPassword(request.params.id, { ...request.body, ...order });
        return told(done, await receipt(request, reply, { done, success: 200, under, shown }));
      },
    );
  };

const endSessionsRoute =
  ({ admission }: UserOrdersParts): FastifyPluginAsyncTypebox =>
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
        const order = orderWithoutVersion(request);
        const ended = await admission().sessions.endAll(request.params.id, order);
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
