/** Sessions: log in, see them, end them. */
import { formatTimeUs, seenBy } from '@plenum/event';
import {
  type Asked,
  answer,
  commandsOf,
  defineRoute,
  entityRoutes,
  identifier,
  notShownYet,
  organisationAsked,
  Problem,
  page,
  pageFields,
  pageOf,
  problemResponses,
  problems,
  query,
  type Route,
  refuseVersion,
  rowSchema,
  rowsFor,
  shownInTime,
  textOrNull,
  utcTime,
  withHeaders,
} from '@plenum/http';
import { Type } from 'typebox';
import type { Identity } from '../identity.ts';
import { allows, type Permission } from '../permissions.ts';
import type { LoggedIn } from '../ports/logins.ts';
import type { AccessServices } from '../services.ts';
import { jwtTokensTable } from '../sessions/jwt-tokens-projection.ts';
import type { SessionShown } from '../sessions/reads.ts';
import { sessionStream } from '../streams.ts';
import { body, permissionList } from './fields.ts';
import { identityOf } from './identity-of.ts';
import { eachLoginIsNew, loginProblem } from './login-problem.ts';

const ofSessions = {
  kind: '/sessions',
  one: 'Session',
  access: 'identified',
  tags: ['access'],
  projection: 'jwt_tokens',
  stream: sessionStream,
} as const;
const under = `/api/v1${ofSessions.kind}`;

const sessionSchema = rowSchema('Session', jwtTokensTable);

const startedSchema = Type.Object(
  {
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
  },
  { title: 'StartedSession' },
);

const others: Permission = 'admin:users';

/** One's own, or anybody's for a caller who may. */
const maySee = (identity: Identity, userId: string): boolean =>
  (identity.kind === 'user' && identity.id === userId) || allows(identity.permissions, others);

export const sessionRoutes = (services: AccessServices): readonly Route[] => [
  ...entityRoutes({
    ...ofSessions,
    schema: sessionSchema,
    visible: (id, asked) => visible(services, id, asked),
  }),
  startRoute(services),
  endRoute(services),
  listRoute(services),
];

/** Whether somebody else has it is nobody's business. */
const visible = async (
  { reads: { sessions } }: AccessServices,
  id: string,
  asked: Pick<Asked, 'identity'>,
): Promise<SessionShown | undefined> => {
  const session = await sessions.byId(id, seenBy(asked.identity));
  return session !== undefined && maySee(identityOf(asked), session.user_id) ? session : undefined;
};

const listRoute = ({ reads: { sessions }, limits, clock }: AccessServices) =>
  defineRoute({
    operationId: 'listSessions',
    method: 'GET',
    path: ofSessions.kind,
    access: ofSessions.access,
    tags: ofSessions.tags,
    projections: ['jwt_tokens'],
    summary: 'Sessions of a user, the last first',
    querystring: query({
      organisation: organisationAsked,
      user: Type.Optional(identifier(`Whose; oneself, unless given. Others take \`${others}\`.`)),
      live: Type.Boolean({ default: false, description: 'Only those that still open something.' }),
      ...pageFields(limits),
    }),
    answers: { 200: pageOf(sessionSchema), ...problems() },
    handle: async (asked) => {
      const identity = identityOf(asked);
      const { user = identity.id, live, limit } = asked.query;
      if (!maySee(identity, user)) throw new Problem('forbidden', `Sessions of others take ${others}.`);
      const [issued_at = '', token_id = ''] = asked.place(2) ?? [];
      const after = token_id === '' ? undefined : { issued_at, token_id };
      const liveAtUs = live ? clock.nowUs() : undefined;
      const organisation = seenBy(identity, asked.query.organisation);
      const rows = await sessions.ofUser({ organisation, user, liveAtUs, after, limit: rowsFor(limit) });
      return page({ rows, limit, place: (row) => [row.issued_at, row.token_id] });
    },
  });

const endRoute = (services: AccessServices) =>
  commandsOf({ ...services, ...ofSessions }).about(
    { method: 'DELETE' },
    {
      operationId: 'endSession',
      summary: 'End a session: log out, or throw somebody out',
      run: ({ params: { id } }, metadata) => services.accounts().sessions.end(id, metadata),
    },
  );

const startRoute = (services: AccessServices) =>
  defineRoute({
    operationId: 'login',
    method: 'POST',
    path: ofSessions.kind,
    access: 'public',
    tags: ofSessions.tags,
    unkeyed: eachLoginIsNew,
    summary: 'Log in with a password',
    querystring: query({}),
    body: body(
      {
        login: Type.String({ minLength: 1, maxLength: 200 }),
        password: Type.String({ minLength: 1, maxLength: 1024 }),
      },
      'Login',
    ),
    answers: {
      201: withHeaders(startedSchema, 'Location', 'Preference-Applied'),
      202: notShownYet('Started and good; what is read does not show it yet.', startedSchema),
      ...problems(),
      ...problemResponses(401),
    },
    handle: async (asked) => {
      refuseVersion(asked);
      const { login, password } = asked.body;
      const started = await services.accounts().logins.login({ login, password, ...asked.origin });
      if (started.outcome !== 'started') throw loginProblem(started);
      const { tokenId, version } = started;
      const { projection, stream } = ofSessions;
      const look = async () => ((await services.shownVersion({ projection, stream: stream(tokenId) })) ?? 0) >= version;
      const { isShown, headers } = await shownInTime(asked, services.untilShown, look);
      const self = [under, tokenId].join('/');
      const location = isShown ? self : [self, 'versions', version].join('/');
      const status = isShown ? 201 : 202;
      return answer(startedBody(started), { status, headers: { location, 'cache-control': 'no-store', ...headers } });
    },
  });

const startedBody = (started: Extract<LoggedIn, { readonly outcome: 'started' }>) => {
  const { id, email, ...user } = started.user;
  return {
    token: started.token,
    token_type: 'Bearer' as const,
    token_id: started.tokenId,
    issued_at: formatTimeUs(started.issuedAtUs),
    expires_at: formatTimeUs(started.expiresAtUs),
    user: { user_id: id, ...user, email: email ?? null },
  };
};
