/** Logging in as clients of the replaced building system do, in its shapes. New clients use `/api/v1/sessions`. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { isRole, type Role } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import { asOldFailure, oldBodyFailures, oldFailures, oldKeyFailures, Problem, refuseVersion } from '@plenum/http';
import type { Clock, NotDone } from '@plenum/runtime';
import type { FastifyError, FastifyRequest } from 'fastify';
import { identityOf } from '../../conventions/access.ts';
import { credentialsOf } from '../../conventions/authorization.ts';
import { givenWith, metadataWithoutVersion, refusedProblem } from '../../conventions/commands.ts';
import { problemOf } from '../../conventions/errors.ts';
import { sendAnswer } from '../../conventions/send-answer.ts';
import { permissionList } from '../access/access-fields.ts';
import { eachLoginIsNew, loginProblem } from '../access/login-problem.ts';

export type BuildingAuthParts = {
  readonly authentication: () => Authentication;
  readonly clock: Clock;
  /** Told of bugs: the answer does not tell. */
  readonly noteBug: (error: FastifyError, request: FastifyRequest) => void;
};

const success = Type.Literal(true);
const message = Type.String();

const dayUs = 86_400_000_000;

export const buildingAuthRoutes =
  (parts: BuildingAuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = problemOf(error);
      if (problem.kind === 'internal') parts.noteBug(error, request);
      return sendAnswer(reply, asOldFailure(problem));
    });
    await app.register(loginRoute(parts));
    await app.register(logoutRoute(parts));
    await app.register(validateRoute);
    await app.register(keyRoute(parts));
  };

const loginRoute =
  ({ authentication }: BuildingAuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/login',
      {
        config: { access: 'public', unkeyed: eachLoginIsNew },
        schema: {
          tags: ['replaced system'],
          summary: 'Log in, as the replaced system had it',
          body: Type.Object({
            username: Type.String({ minLength: 1, maxLength: 200 }),
            password: Type.String({ minLength: 1, maxLength: 1024 }),
          }),
          response: {
            200: Type.Object({
              success,
              token: Type.String(),
              user: Type.Object({ id: Type.String(), role: Type.String() }),
            }),
            ...oldFailures,
            ...oldBodyFailures,
          },
        },
      },
      async (request, reply) => {
        refuseVersion(request);
        const { address, userAgent, resource } = credentialsOf(request);
        const { username: login, password } = request.body;
        const started = await authentication().logins.login({ login, password, address, userAgent, resource });
        if (started.outcome === 'refused') {
          reply.header('www-authenticate', 'Bearer realm="plenum"');
          return reply.code(401).send({ success: false, error: 'Invalid credentials' });
        }
        if (started.outcome !== 'started') throw loginProblem(started);
        reply.header('cache-control', 'no-store');
        return { success: true as const, token: started.token, user: { id: started.user.id, role: started.user.role } };
      },
    );
  };

const logoutRoute =
  ({ authentication }: BuildingAuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/logout',
      {
        config: { access: 'identified' },
        schema: {
          tags: ['replaced system'],
          summary: 'End the session that asks, as the replaced system had it',
          response: { 200: Type.Object({ success, message }), ...oldFailures, ...oldKeyFailures },
        },
      },
      async (request, _reply) => {
        refuseVersion(request);
        const done = await authentication().sessions.logout(identityOf(request), givenWith(request));
        if (done.outcome !== 'done') throw oldProblem(done);
        return { success: true as const, message: 'Logged out successfully' };
      },
    );
  };

const validateRoute: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/validate',
    {
      config: { access: 'identified' },
      schema: {
        tags: ['replaced system'],
        summary: 'Who is asking, as the replaced system had it',
        response: {
          200: Type.Object({
            success,
            authenticated: Type.Literal(true),
            user: Type.Object({ id: Type.String(), role: Type.String(), permissions: permissionList }),
            auth_method: Type.Union([Type.Literal('api_key'), Type.Literal('jwt')]),
          }),
          ...oldFailures,
        },
      },
    },
    async (request, _reply) => {
      const { id, role, permissions, method } = identityOf(request);
      const auth_method = method === 'api_key' ? ('api_key' as const) : ('jwt' as const);
      return { success: true as const, authenticated: true as const, user: { id, role, permissions }, auth_method };
    },
  );
};

const keyRoute =
  ({ authentication, clock }: BuildingAuthParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/api-keys',
      {
        config: { access: { permission: 'admin:api_keys' } },
        schema: {
          tags: ['replaced system'],
          summary: 'Issue an API key, as the replaced system had it',
          body: Type.Object({
            name: Type.String({ minLength: 1, maxLength: 64 }),
            role: Type.String({ maxLength: 64 }),
            permissions: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 })),
            expires_in_days: Type.Number({ exclusiveMinimum: 0, maximum: 36_500, default: 365 }),
            rate_limit: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 100 }),
          }),
          response: {
            200: Type.Object({ success, message, key: Type.String({ description: 'Told once.' }) }),
            ...oldFailures,
            ...oldKeyFailures,
            ...oldBodyFailures,
          },
        },
      },
      async (request, reply) => {
        const { name, role, permissions, expires_in_days, rate_limit: rateLimit } = request.body;
        const expiresAtUs = clock.nowUs() + Math.round(expires_in_days * dayUs);
        const asked = { name, role: knownRole(role), permissions, rateLimit, expiresAtUs };
        const done = await authentication().keys.issue({ ...asked, ...metadataWithoutVersion(request) });
        if (done.outcome !== 'done') throw oldProblem(done);
        const { secret } = done;
        if (secret === undefined) throw new Problem('conflict', 'This key was issued before, and is told once.');
        reply.header('cache-control', 'no-store');
        return { success: true as const, message: 'API key created', key: secret };
      },
    );
  };

const knownRole = (role: string): Role => {
  if (isRole(role)) return role;
  throw new Problem('validation', 'There is no such role.');
};

const oldProblem = (notDone: NotDone): Problem =>
  notDone.outcome === 'refused' ? refusedProblem(notDone) : new Problem('conflict', 'It was changed meanwhile.');
