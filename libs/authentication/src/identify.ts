/** Who a request is from by the credentials it presents, without recording it. */
import {
  type Authenticated,
  type NotAuthenticated,
  type NotStanding,
  type PresentedCredentials,
  type Role,
  replacedStanding,
  type Standing,
  sessionRateLimit,
  type Unavailable,
} from '@plenum/access';
import {
  apiKeyHash,
  claimedIssuer,
  credentialHashDigest,
  formatKeyHash,
  isApiKey,
  type OidcVerdict,
  type OidcVerifier,
  type Session,
  type SessionTokens,
  type SessionVerdict,
  type TokenRefused,
} from '@plenum/credentials';
import { actorName } from '@plenum/event';
import type { Described } from '@plenum/http';
import type { RowAnswer } from '@plenum/runtime';
import { type Clock, isId } from '@plenum/runtime';
import type { Authorization, SeenKey, SeenSession } from './authorization.ts';
import type { Method } from './metrics.ts';

/** `why` and `userId` are for the records: the answer to a refused request says less. */
export type Found = {
  readonly method: Method | 'none';
  readonly authenticated: Authenticated;
  readonly why?: string;
  readonly userId?: string;
  readonly organisation?: string | undefined;
};

export type Oidc = {
  readonly issuer: string;
  /** That everybody whom it vouches for belongs to. */
  readonly organisation: string;
  readonly verifier: OidcVerifier<Role>;
  /** Called with the issuer of a token whose issuer is that of the settings but for slashes at the end: one of the two is misspelt. */
  readonly nearly: (claimedIssuer: string) => void;
};

export type IdentifyParts = {
  readonly authorization: Authorization;
  readonly tokens: SessionTokens;
  readonly oidc: Oidc | undefined;
  readonly clock: Clock;
};

export type Identify = (shown: Pick<PresentedCredentials, 'authorization' | 'apiKey'>) => Found | Promise<Found>;

export const identifying = ({ authorization, tokens, oidc, clock }: IdentifyParts): Identify => {
  const byKey = (key: string): Found | Promise<Found> => {
    if (!isApiKey(key)) return refusedAs('api_key', 'invalid', 'malformed');
    const id = credentialHashDigest(formatKeyHash(apiKeyHash(key)));
    return after(authorization.keys.get(id), (answer) => keyFound(answer, clock.nowUs()));
  };
  const bySession = (verdict: SessionVerdict): Found | Promise<Found> => {
    if (verdict.outcome === 'refused') return refusedToken('session', verdict);
    const { session } = verdict;
    if (session.shape === 'replaced') return byName(session);
    return byRecord(session, (recorded) =>
      recorded === undefined ? sessionFound(session, unknown) : recordedFound(session, recorded),
    );
  };
  /** What there is a record of has to be of the user whom the token names. */
  const byRecord = (session: Session, next: (recorded: SeenSession | undefined) => Found): Found | Promise<Found> =>
    after(authorization.sessions.get(session.tokenId), (answer) => {
      if (answer.outcome === 'away') return unknowable('session');
      const isAnothers = answer.row !== undefined && answer.row.session.user_id !== session.userId;
      return isAnothers ? refusedAs('session', 'invalid', 'another user') : next(answer.row);
    });
  const recordedFound = (session: Session, { standing, session: recorded }: SeenSession): Found =>
    sessionFound(session, unlessExpired(standing, recorded.expires_at_us, clock.nowUs()), recorded.organisation);
  /**
   * A token of a replaced system: what it may do is up to the user whom it names, whom we have to know. There is a record
   * of it when it was ended.
   */
  const byName = (session: Session): Found | Promise<Found> => {
    if (!isId(session.userId)) return sessionFound(session, unknown);
    return after(authorization.users.get(session.userId), (answer) => {
      if (answer.outcome === 'away') return unknowable('session');
      if (answer.row === undefined) return sessionFound(session, unknown);
      const { row } = answer;
      const named = { ...session, userId: row.user_id };
      return byRecord(named, (recorded) =>
        recorded === undefined
          ? sessionFound(named, replacedStanding(row, tokenOf(named), clock.nowUs()), row.organisation)
          : recordedFound(named, recorded),
      );
    });
  };

  return ({ apiKey, authorization }) => {
    if (apiKey !== undefined) return byKey(apiKey);
    if (authorization === undefined) return refusedAs('none', 'absent', 'nothing shown');
    const token = bearerToken(authorization);
    if (token === undefined) return refusedAs('none', 'invalid', 'not Bearer');
    const known = tokens.known(token);
    if (known !== undefined) return bySession({ outcome: 'verified', session: known });
    const claimed = oidc && claimedIssuer(token);
    if (oidc !== undefined && claimed === oidc.issuer) return oidc.verifier.verify(token).then(foundBy(oidc));
    if (claimed !== undefined && withoutSlashes(claimed) === withoutSlashes(oidc?.issuer ?? '')) oidc?.nearly(claimed);
    return after(tokens.verify(token), bySession);
  };
};

const withoutSlashes = (issuer: string): string => issuer.replace(/\/+$/, '');

/** At once where the value is there. */
const after = <A, B>(value: A | Promise<A>, next: (value: A) => B | Promise<B>): B | Promise<B> =>
  value instanceof Promise ? value.then(next) : next(value);

const bearerToken = (authorization: string): string | undefined => /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1];

const unknown: Standing = { outcome: 'refused', why: 'unknown' };

const tokenOf = ({ tokenId, permissions, issuedAtS, expiresAtS }: Session) => ({
  token_id: tokenId,
  session_permissions: permissions,
  started_at_us: issuedAtS * 1_000_000,
  expires_at_us: expiresAtS * 1_000_000,
});

const unlessExpired = (standing: Standing, expiresAtUs: number | null, nowUs: number): Standing =>
  standing.outcome === 'authenticated' && expiresAtUs !== null && expiresAtUs <= nowUs
    ? { outcome: 'refused', why: 'expired' }
    : standing;

const keyFound = (answer: RowAnswer<SeenKey>, nowUs: number): Found => {
  if (answer.outcome === 'away') return unknowable('api_key');
  const { key, standing: known } = answer.row ?? { key: undefined, standing: unknown };
  const standing = unlessExpired(known, key?.expires_at_us ?? null, nowUs);
  if (standing.outcome === 'refused') {
    return { ...notStanding('api_key', standing, key?.key_id), organisation: key?.organisation };
  }
  const { identity } = standing;
  return {
    method: 'api_key',
    authenticated: { outcome: 'authenticated', identity, described: { roles: [identity.role] } },
  };
};

const sessionFound = (session: Session, standing: Standing, organisation?: string): Found => {
  if (standing.outcome === 'refused') {
    return { ...notStanding('session', standing, session.userId), organisation };
  }
  const { identity } = standing;
  return {
    method: 'session',
    authenticated: { outcome: 'authenticated', identity, described: describe(session, [identity.role]) },
  };
};

const foundBy =
  ({ organisation }: Oidc) =>
  (verdict: OidcVerdict<Role>): Found =>
    oidcFound(verdict, organisation);

const oidcFound = (verdict: OidcVerdict<Role>, organisation: string): Found => {
  if (verdict.outcome === 'refused') return refusedToken('oidc', verdict);
  if (verdict.outcome === 'unavailable') return unknowable('oidc', verdict.retryAfterS);
  const subject = verdict.outcome === 'no-role' ? verdict.subject : verdict.identity.subject;
  // It becomes part of what is recorded about whatever they do.
  if (!isId(subject)) return refusedAs('oidc', 'invalid', 'a subject that is no id');
  if (verdict.outcome === 'no-role')
    return refusedAs('oidc', 'no-role', 'no role', actorName({ id: subject, kind: 'oidc' }));
  const { role, permissions, roles } = verdict.identity;
  const identity = {
    id: subject,
    kind: 'oidc',
    organisation,
    role,
    permissions,
    method: 'oidc',
    rateLimit: sessionRateLimit,
  } as const;
  return {
    method: 'oidc',
    authenticated: { outcome: 'authenticated', identity, described: describe(verdict.identity, roles) },
  };
};

const describe = (
  { email, name }: { readonly email?: string; readonly name?: string },
  roles: readonly string[],
): Described => ({ ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }), roles });

const codes: Readonly<Record<NotStanding['why'], NotAuthenticated['code']>> = {
  unknown: 'invalid',
  expired: 'expired',
  ended: 'revoked',
  revoked: 'revoked',
  disabled: 'revoked',
  locked: 'revoked',
};

const reasons: Readonly<Record<NotAuthenticated['code'], string>> = {
  absent: 'This needs a credential: X-API-Key, or Authorization with a Bearer token.',
  invalid: 'The credential is not good.',
  expired: 'The credential has expired.',
  revoked: 'The credential is no longer good.',
  'no-role': 'The token gives no role that may do anything here.',
};

const refusedAs = (method: Found['method'], code: NotAuthenticated['code'], why: string, userId?: string): Found => ({
  method,
  authenticated: { outcome: 'refused', code, reason: reasons[code] },
  why,
  ...(userId === undefined ? {} : { userId }),
});

const notStanding = (method: Method, { why }: NotStanding, id: string | undefined): Found =>
  // A token that we signed for somebody who is not there names nobody.
  refusedAs(method, codes[why], why, why === 'unknown' ? undefined : id);

const refusedToken = (method: Method, { code }: TokenRefused): Found =>
  refusedAs(method, code === 'expired' ? 'expired' : 'invalid', code);

const unknowable = (method: Method, retryAfterS = 1): Found => {
  const unavailable: Unavailable = { outcome: 'unavailable', reason: 'This cannot be checked just now.', retryAfterS };
  return { method, authenticated: unavailable };
};
