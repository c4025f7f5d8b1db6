/** Who is asking, as this API sees him. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Authentication } from '@plenum/authentication';
import { listOf, oneOf, Problem, problemResponses, problems, query, refuseVersion, textOrNull } from '@plenum/http';
import { identityOf } from '../../conventions/access.ts';
import { credentialsOf } from '../../conventions/authorization.ts';
import { givenWith } from '../../conventions/commands.ts';
import { body, permissionList } from './access-fields.ts';
import { loginProblem } from './login-problem.ts';

const meSchema = Type.Object({
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
});

export const meRoutes =
  ({ authentication }: { readonly authentication: () => Authentication }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/me',
      {
        config: { access: 'identified' },
        schema: {
          tags: ['access'],
          summary: 'Who is asking, and what he may do',
          querystring: query({}),
          response: { 200: meSchema, ...problems() },
        },
      },
      async (request, _reply) => {
        const { id, kind, organisation, method, role, permissions, rateLimit, tokenId = null } = identityOf(request);
        const { roles = [role], name = null, email = null } = request.described ?? {};
        const known = { id, kind, organisation, method, role, roles, permissions };
        return { ...known, rate_limit: rateLimit, token_id: tokenId, name, email };
      },
    );

    app.post(
      '/me/password',
      {
        config: { access: 'identified' },
        schema: {
          tags: ['access'],
          summary: 'Change the password with which one logged in; other sessions end',
          querystring: query({}),
          body: body({
            password: Type.String({ minLength: 1, maxLength: 1024, description: 'The present one.' }),
            new_password: Type.String({ minLength: 12, maxLength: 1024 }),
          }),
          response: {
            200: Type.Object({ sessions_ended: Type.Integer() }),
            ...problems(),
            ...problemResponses(422),
          },
        },
      },
      async (request, _reply) => {
        refuseVersion(request);
        const { kind, id: userId, tokenId } = identityOf(request);
        if (kind !== 'user') throw new Problem('not-possible', 'Keys and identity providers have no password here.');
        const { address, userAgent, resource } = credentialsOf(request);
        const { password, new_password: newPassword } = request.body;
        const from = { address, userAgent, resource, ...givenWith(request) };
        const changed = await authentication().logins.changePassword({
          userId,
          tokenId,
          password,
          newPassword,
          ...from,
        });
        if (changed.outcome === 'unfit') throw new Problem('not-possible', changed.reason);
        // Whoever asks is known; it is the password that is wrong, so no challenge and no 401 that ends his session.
        if (changed.outcome === 'refused') throw new Problem('forbidden', 'The present password is not right.');
        if (changed.outcome !== 'done') throw loginProblem(changed);
        return { sessions_ended: changed.sessionsEnded };
      },
    );
  };
