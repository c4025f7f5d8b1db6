/** Session tokens: signed by us with HS256 at a login, and good for a day. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@plenum/runtime';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { clockToleranceS, type GrantOf, lifetimeSMax, readClaims, type Session } from './session-claims.ts';
import { digestId, isTokenText } from './token-text.ts';
import { verifiedTokens } from './verified-tokens.ts';

export type SessionTokens = {
  issue(of: SessionOf): Promise<IssuedToken>;
  /**
   * Total, and at once for a token that was verified before. Says nothing about revocation: that is to be looked up by
   * `tokenId` on every request.
   */
  verify(text: string): SessionVerdict | Promise<SessionVerdict>;
  /** What a token says that was verified before and has not expired. */
  known(text: string): Session | undefined;
};

export type SessionOf = {
  readonly userId: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly email?: string;
  readonly name?: string;
};

export type IssuedToken = {
  readonly token: string;
  readonly tokenId: string;
  readonly issuedAtS: number;
  readonly expiresAtS: number;
};

export type SessionVerdict = { readonly outcome: 'verified'; readonly session: Session } | TokenRefused;

/** `reason` is for a log; a client needs to know no more than `code`. */
export type TokenRefused = {
  readonly outcome: 'refused';
  readonly code: 'malformed' | 'algorithm' | 'signature' | 'expired' | 'claims';
  readonly reason: string;
};

export type SessionSettings = {
  /** The roles that there are, and what each may do, are not known here. */
  readonly grantOf: GrantOf;
  /** JWT_SECRET. Judge it by `secretProblem` first, and the previous one too: anyone who knows it can sign. */
  readonly secret: string;
  /** Still verifies, for the day after the secret was changed. */
  readonly previousSecret?: string | undefined;
  readonly issuer: string;
  /** `undefined`: none is written, and none is asked for. */
  readonly audience: string | undefined;
  readonly clock: Clock;
  /** A day unless said otherwise, and never more. */
  readonly lifetimeS?: number;
};

export const sessionTokens = async (settings: SessionSettings): Promise<SessionTokens> => {
  const { issuer, audience, grantOf, clock } = settings;
  const lifetimeS = Math.min(settings.lifetimeS ?? lifetimeSMax, lifetimeSMax);
  const own = await importSecret(settings.secret);
  const former = settings.previousSecret === undefined ? [] : [await importSecret(settings.previousSecret)];
  const known = verifiedTokens<Session>();
  const nowS = (): number => clock.nowUs() / 1_000_000;

  const check = async (text: string): Promise<SessionVerdict> => {
    if (!isTokenText(text)) return refused('malformed', 'it is not the text of a token');
    const claims = await claimsOf(text, [own, ...former], nowS());
    if ('outcome' in claims) return claims;
    const read = readClaims(claims.payload, { issuer, audience, grantOf, digestId: digestId(text) });
    if (read.outcome === 'refused') return refused('claims', read.reason);
    known.put(text, read.session, read.session.expiresAtS + clockToleranceS);
    return { outcome: 'verified', session: read.session };
  };

  return {
    issue: async ({ userId, role, permissions, email, name }) => {
      const tokenId = randomBytes(16).toString('hex');
      const issuedAtS = Math.floor(nowS());
      const expiresAtS = issuedAtS + lifetimeS;
      const ours = { token_id: tokenId, user_id: userId, role, permissions: [...permissions], email, name };
      const standard = { iss: issuer, ...(audience === undefined ? {} : { aud: audience }), sub: userId, jti: tokenId };
      const token = await new SignJWT({ ...ours, ...standard })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuedAt(issuedAtS)
        .setExpirationTime(expiresAtS)
        .sign(own);
      return { token, tokenId, issuedAtS, expiresAtS };
    },
    known: (text) => known.get(text, nowS()),
    verify: (text) => {
      const session = known.get(text, nowS());
      return session === undefined ? check(text) : { outcome: 'verified', session };
    },
  };
};

const algorithm = 'HS256';

/** Imported once: jose would do it again for every token. */
const importSecret = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

const refused = (code: TokenRefused['code'], reason: string): TokenRefused => ({ outcome: 'refused', code, reason });

/** The claims of a token that one of the secrets signed, and whose times are right. */
const claimsOf = async (
  text: string,
  secrets: readonly CryptoKey[],
  nowS: number,
): Promise<{ readonly payload: JWTPayload } | TokenRefused> => {
  const options = {
    algorithms: [algorithm],
    requiredClaims: ['iat', 'exp'],
    maxTokenAge: lifetimeSMax,
    clockTolerance: clockToleranceS,
    currentDate: new Date(nowS * 1000),
  };
  for (const secret of secrets) {
    try {
      return { payload: (await jwtVerify(text, secret, options)).payload };
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return refusalOf(error);
    }
  }
  return refused('signature', 'none of our secrets signed it');
};

/** What jose says about a token. @throws whatever else it was. */
export const refusalOf = (error: unknown): TokenRefused => {
  if (!(error instanceof errors.JOSEError)) throw error;
  if (error instanceof errors.JWTExpired) return refused('expired', error.message);
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('algorithm', error.message);
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('signature', error.message);
  if (error instanceof errors.JWTClaimValidationFailed) return refused('claims', error.message);
  return refused('malformed', error.message);
};
