/** Logging in as clients of the replaced building system do, in its shapes. New clients use `/api/v1/sessions`. */
import type { NotDone } from '@plenum/event';
import {
  answer,
  asOldFailure,
  defineRoute,
  metadataWithoutVersion,
  oldBodyFailures,
  oldFailures,
  oldKeyFailures,
  oneOf,
  Problem,
  type Route,
  refusedProblem,
  refuseVersion,
} from '@plenum/http';
import { Type } from 'typebox';
import { isRole, type Role } from '../permissions.ts';
import type { AccessServices } from '../services.ts';
import { permissionList } from './fields.ts';
import { identityOf } from './identity-of.ts';
import { challenge, eachLoginIsNew, loginProblem } from './login-problem.ts';

const success = Type.Literal(true);
const message = Type.String();

const dayUs = 86_400_000_000;

const ofBuilding = { base: '/api/auth', tags: ['replaced system'], failures: asOldFailure } as const;

export const oldBuildingRoutes = (services: AccessServices): readonly Route[] => [
  loginRoute(services),
  logoutRoute(services),
  validateRoute,
  keyRoute(services),
];

const loginRoute = ({ accounts }: AccessServices) =>
  defineRoute({
    ...ofBuilding,
    operationId: 'buildingLogin',
    method: 'POST',
    path: '/login',
    access: 'public',
    unkeyed: eachLoginIsNew,
    summary: 'Log in, as the replaced system had it',
    body: Type.Object(
      {
        username: Type.String({ minLength: 1, maxLength: 200 }),
        password: Type.String({ minLength: 1, maxLength: 1024 }),
      },
      { title: 'BuildingLogin' },
    ),
    answers: {
      200: Type.Object(
        {
          success,
          token: Type.String(),
          user: Type.Object({ id: Type.String(), role: Type.String() }),
        },
        { title: 'BuildingLoggedIn' },
      ),
      ...oldFailures,
      ...oldBodyFailures,
    },
    handle: async (asked) => {
      refuseVersion(asked);
      const { username: login, password } = asked.body;
      const started = await accounts().logins.login({ login, password, ...asked.origin });
      if (started.outcome === 'refused') {
        const headers = { 'www-authenticate': challenge };
        return answer({ success: false, error: 'Invalid credentials' }, { status: 401, headers });
      }
      if (started.outcome !== 'started') throw loginProblem(started);
      const { id, role } = started.user;
      const body = { success: true as const, token: started.token, user: { id, role } };
      return answer(body, { headers: { 'cache-control': 'no-store' } });
    },
  });

const logoutRoute = ({ accounts }: AccessServices) =>
  defineRoute({
    ...ofBuilding,
    operationId: 'buildingLogout',
    method: 'POST',
    path: '/logout',
    access: 'identified',
    summary: 'End the session that asks, as the replaced system had it',
    answers: {
      200: Type.Object({ success, message }, { title: 'BuildingLoggedOut' }),
      ...oldFailures,
      ...oldKeyFailures,
    },
    handle: async (asked) => {
      refuseVersion(asked);
      const done = await accounts().sessions.logout(identityOf(asked), asked.given());
      if (done.outcome !== 'done') throw oldProblem(done);
      return { success: true as const, message: 'Logged out successfully' };
    },
  });

const validateRoute = defineRoute({
  ...ofBuilding,
  operationId: 'buildingValidate',
  method: 'GET',
  path: '/validate',
  access: 'identified',
  summary: 'Who is asking, as the replaced system had it',
  answers: {
    200: Type.Object(
      {
        success,
        authenticated: Type.Literal(true),
        user: Type.Object({ id: Type.String(), role: Type.String(), permissions: permissionList }),
        auth_method: oneOf(['api_key', 'jwt']),
      },
      { title: 'BuildingIdentity' },
    ),
    ...oldFailures,
  },
  handle: (asked) => {
    const { id, role, permissions, method } = identityOf(asked);
    const auth_method = method === 'api_key' ? ('api_key' as const) : ('jwt' as const);
    return { success: true as const, authenticated: true as const, user: { id, role, permissions }, auth_method };
  },
});

const keyRoute = ({ accounts, clock }: AccessServices) =>
  defineRoute({
    ...ofBuilding,
    operationId: 'buildingIssueKey',
    method: 'POST',
    path: '/api-keys',
    access: { permission: 'admin:api_keys' },
    summary: 'Issue an API key, as the replaced system had it',
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 64 }),
        role: Type.String({ maxLength: 64 }),
        permissions: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 })),
        expires_in_days: Type.Number({ exclusiveMinimum: 0, maximum: 36_500, default: 365 }),
        rate_limit: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 100 }),
      },
      { title: 'NewBuildingKey' },
    ),
    answers: {
      200: Type.Object(
        { success, message, key: Type.String({ description: 'Shown once.' }) },
        { title: 'BuildingKey' },
      ),
      ...oldFailures,
      ...oldKeyFailures,
      ...oldBodyFailures,
    },
    handle: async (asked) => {
      const { name, role, permissions, expires_in_days, rate_limit: rateLimit } = asked.body;
      const expiresAtUs = clock.nowUs() + Math.round(expires_in_days * dayUs);
      const key = { name, role: knownRole(role), permissions, rateLimit, expiresAtUs };
      const done = await accounts().keys.issue({ ...key, ...metadataWithoutVersion(asked) });
      if (done.outcome !== 'done') throw oldProblem(done);
      const { secret } = done;
      if (secret === undefined) throw new Problem('conflict', 'This key was issued before, and is shown only once.');
      const body = { success: true as const, message: 'API key created', key: secret };
      return answer(body, { headers: { 'cache-control': 'no-store' } });
    },
  });

const knownRole = (role: string): Role => {
  if (isRole(role)) return role;
  throw new Problem('validation', 'There is no such role.');
};

const oldProblem = (notDone: NotDone): Problem =>
  notDone.outcome === 'refused' ? refusedProblem(notDone) : new Problem('conflict', 'It was changed meanwhile.');
