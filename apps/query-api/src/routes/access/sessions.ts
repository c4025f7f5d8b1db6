/** Sessions: log in, see them, end them. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { allows, type Identity, type Permission, type SessionReads, type SessionShown, seenBy } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import { formatTimeUs } from '@plenum/event';
import {
  identifier,
  jsonObjectOrNull,
  notModified,
  type PageLimits,
  Problem,
  pageFields,
  pageOf,
  problemResponses,
  problems,
  query,
  refuseVersion,
  rowsFor,
  textOrNull,
  utcTime,
} from '@plenum/http';
import type { Clock } from '@plenum/runtime';
import type { FastifyRequest } from 'fastify';
import { identityOf } from '../../conventions/access.ts';
import { credentialsOf } from '../../conventions/authorization.ts';
import { commandAnswers, isShownInTime, metadataOf, receipt, type ShownVersion } from '../../conventions/commands.ts';
import { page, placeOf } from '../../conventions/pages.ts';
import { versioned } from '../../conventions/versions.ts';
import { body, decidedFields, entityParams, organisationAsked, permissionList } from './access-fields.ts';
import { eachLoginIsNew, loginProblem } from './login-problem.ts';
import { versionStatusRoute } from './version-status.ts';

export type SessionRoutesParts = {
  readonly sessions: SessionReads;
  readonly limits: PageLimits;
  readonly clock: Clock;
  readonly authentication: () => Authentication;
};

const under = '/api/v1/sessions';
const access = 'identified';

const sessionSchema = Type.Object({
  token_id: Type.String(),
  user_id: Type.String(),
  role: Type.String(),
  permissions: permissionList,
  issued_at: utcTime('When it was started.'),
  expires_at: utcTime('When it ends by itself.'),
  is_revoked: Type.Boolean({ description: 'It was ended.' }),
  device_info: jsonObjectOrNull(),
  ended_at: textOrNull(),
  end_reason: textOrNull(),
  ended_by: textOrNull(),
  ...decidedFields,
});

const startedSchema = Type.Object({
  token: Type.String({ description: 'For `Authorization: Bearer`.' }),
  token_type: Type.Literal('Bearer'),
  token_id: Type.String(),
  issued_at: utcTime('Now.'),
  expires_at: utcTime('When it ends by itself.'),
  user: Type.Object({
    user_id: Type.String(),
    login: Type.String(),
    name: Type.String(),
    email: textOrNull(),
    role: Type.String(),
    permissions: permissionList,
  }),
});

const others: Permission = 'admin:users';

/** One's own, or anybody's for whoever may. */
const maySee = (identity: Identity, userId: string): boolean =>
  (identity.kind === 'user' && identity.id === userId) || allows(identity.permissions, others);

export const sessionRoutes =
  (parts: SessionRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { sessions, limits, clock, authentication } = parts;
    const shown = async (id: string) => (await sessions.byId(id))?.stream_version;
    /** Whether somebody else has it is nobody's business. */
    const visible = async (id: string, request: FastifyRequest): Promise<SessionShown | undefined> => {
      const session = await sessions.byId(id, seenBy(request.identity));
      return session !== undefined && maySee(identityOf(request), session.user_id) ? session : undefined;
    };
    const shownToHim = async (id: string, request: FastifyRequest) => (await visible(id, request))?.stream_version;
    await app.register(versionStatusRoute({ kind: '/sessions', access, projection: 'jwt_tokens', shown: shownToHim }));
    await app.register(startRoute({ authentication, shown }));
    await app.register(endRoute({ authentication, shown }));

    app.get(
      '/sessions',
      {
        config: { access, projections: ['jwt_tokens'] },
        schema: {
          tags: ['access'],
          summary: 'Sessions of a user, the last first',
          querystring: query({
            organisation: organisationAsked,
            user: Type.Optional(identifier(`Whose; oneself, unless given. Others take \`${others}\`.`)),
            live: Type.Boolean({ default: false, description: 'Only those that still open something.' }),
            ...pageFields(limits),
          }),
          response: { 200: pageOf(sessionSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const identity = identityOf(request);
        const { user = identity.id, live, limit } = request.query;
        if (!maySee(identity, user)) throw new Problem('forbidden', `Sessions of others take ${others}.`);
        const [issued_at = '', token_id = ''] = placeOf(request, 2) ?? [];
        const after = token_id === '' ? undefined : { issued_at, token_id };
        const liveAtUs = live ? clock.nowUs() : undefined;
        const organisation = seenBy(request.identity, request.query.organisation);
        const rows = await sessions.ofUser({ organisation, user, liveAtUs, after, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: (row) => [row.issued_at, row.token_id] });
      },
    );

    app.get(
      '/sessions/:id',
      {
        config: { access, projections: ['jwt_tokens'] },
        schema: {
          tags: ['access'],
          summary: 'One session',
          params: entityParams('Its token id.'),
          querystring: query({}),
          response: { 200: sessionSchema, ...notModified, ...problems(404) },
        },
      },
      async (request, reply) => {
        const session = await visible(request.params.id, request);
        if (session === undefined) throw new Problem('not-found', 'There is no such session.');
        return versioned(reply, session);
      },
    );
  };

type CommandsParts = Pick<SessionRoutesParts, 'authentication'> & { readonly shown: ShownVersion };

const endRoute =
  ({ authentication, shown }: CommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete(
      '/sessions/:id',
      {
        config: { access },
        schema: {
          tags: ['access'],
          summary: 'End a session: log out, or throw somebody out',
          params: entityParams('Its token id.'),
          querystring: query({}),
          response: { ...commandAnswers(200), ...problems() },
        },
      },
      async (request, reply) => {
        const metadata = metadataOf(request);
        const done = await authentication().sessions.end(request.params.id, metadata);
        return receipt(request, reply, { done, success: 200, under, shown });
      },
    );
  };

const startRoute =
  ({ authentication, shown }: CommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/sessions',
      {
        config: { access: 'public', unkeyed: eachLoginIsNew },
        schema: {
          tags: ['access'],
          summary: 'Log in with a password',
          querystring: query({}),
          body: body({
            login: Type.String({ minLength: 1, maxLength: 200 }),
            password: Type.String({ minLength: 1, maxLength: 1024 }),
          }),
          response: {
            201: startedSchema,
            202: { description: 'Started and good; what is read does not show it yet.', ...startedSchema },
            ...problems(),
            ...problemResponses(401),
          },
        },
      },
      async (request, reply) => {
        refuseVersion(request);
        const { address, userAgent, resource } = credentialsOf(request);
        const { login, password } = request.body;
        const started = await authentication().logins.login({ login, password, address, userAgent, resource });
        if (started.outcome !== 'started') throw loginProblem(started);
        const { id, email, ...user } = started.user;
        const { tokenId, version } = started;
        const self = [under, tokenId].join('/');
        reply.code(201).header('location', self).header('cache-control', 'no-store');
        if (!(await isShownInTime(request, reply, async () => ((await shown(tokenId)) ?? 0) >= version))) {
          reply.code(202).header('location', [self, 'versions', version].join('/'));
        }
        return {
          token: started.token,
          token_type: 'Bearer' as const,
          token_id: tokenId,
          issued_at: formatTimeUs(started.issuedAtUs),
          expires_at: formatTimeUs(started.expiresAtUs),
          user: { user_id: id, ...user, email: email ?? null },
        };
      },
    );
  };
