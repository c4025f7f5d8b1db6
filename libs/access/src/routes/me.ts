/** Who is asking, as this API sees them. */
import {
  defineRoute,
  listOf,
  oneOf,
  Problem,
  problemResponses,
  problems,
  query,
  type Route,
  refuseVersion,
  textOrNull,
} from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { body, permissionList } from './fields.ts';
import { identityOf } from './identity-of.ts';
import { loginProblem } from './login-problem.ts';

const meSchema = Type.Object(
  {
    id: Type.String({ description: 'User id, key id, or the `sub` of the identity provider.' }),
    kind: oneOf(['user', 'key', 'oidc']),
    organisation: Type.String({ description: 'That one belongs to.' }),
    method: oneOf(['session', 'api_key', 'oidc'], { description: 'What was shown.' }),
    role: Type.String(),
    roles: listOf(Type.String(), { description: 'All in the token of an identity provider; else the one.' }),
    permissions: permissionList,
    rate_limit: Type.Integer({ description: 'Requests a minute.' }),
    token_id: textOrNull({ description: 'Of a session: `DELETE /api/v1/sessions/{id}` logs out.' }),
    name: textOrNull({ description: 'As the token says.' }),
    email: textOrNull({ description: 'As the token says.' }),
  },
  { title: 'Me' },
);

const passwordChange = body(
  {
    password: Type.String({ minLength: 1, maxLength: 1024, description: 'The present one.' }),
    new_password: Type.String({ minLength: 12, maxLength: 1024 }),
  },
  'PasswordChange',
);

const ofOneself = { access: 'identified', tags: ['access'], querystring: query({}) } as const;

export const meRoutes = (services: AccessServices): readonly Route[] => [
  defineRoute({
    ...ofOneself,
    operationId: 'getMe',
    method: 'GET',
    path: '/me',
    summary: 'Who is asking, and what they may do',
    answers: { 200: meSchema, ...problems() },
    handle: (asked) => {
      const { id, kind, organisation, method, role, permissions, rateLimit, tokenId = null } = identityOf(asked);
      const { roles = [role], name = null, email = null } = asked.described ?? {};
      const known = { id, kind, organisation, method, role, roles, permissions };
      return { ...known, rate_limit: rateLimit, token_id: tokenId, name, email };
    },
  }),
  defineRoute({
    ...ofOneself,
    operationId: 'changeOwnPassword',
    method: 'POST',
    path: '/me/password',
    summary: 'Change the password with which one logged in; other sessions end',
    body: passwordChange,
    answers: {
      200: Type.Object({ sessions_ended: Type.Integer() }, { title: 'PasswordChanged' }),
      ...problems(),
      ...problemResponses(422),
    },
    handle: async (asked) => {
      refuseVersion(asked);
      const { kind, id: userId, tokenId } = identityOf(asked);
      if (kind !== 'user') throw new Problem('not-possible', 'Keys and identity providers have no password here.');
      const { password, new_password: newPassword } = asked.body;
      const from = { ...asked.origin, ...asked.given() };
      const { logins } = services.accounts();
      const changed = await logins.changePassword({ userId, tokenId, password, newPassword, ...from });
      if (changed.outcome === 'unfit') throw new Problem('not-possible', changed.reason);
      // The caller is known; it is the password that is wrong, so no challenge and no 401 that ends their session.
      if (changed.outcome === 'refused') throw new Problem('forbidden', 'The present password is not right.');
      if (changed.outcome !== 'done') throw loginProblem(changed);
      return { sessions_ended: changed.sessionsEnded };
    },
  }),
];
