/** What becomes of a request by what the tables say: whose it is, or why nobody's. Pure; the secret itself is checked elsewhere. */
import type { Identity } from '../identity.ts';
import { both, isRole, type Role, sessionRateLimit } from '../permissions.ts';
import type { AuthorizedKey, AuthorizedSession, AuthorizedUser, NamedUser, StoredHash } from './reads.ts';

export type Standing = { readonly outcome: 'authenticated'; readonly identity: Identity } | NotStanding;

/** Why not; for the records and never for the client, which only learns that it is not authenticated. */
export type NotStanding = {
  readonly outcome: 'refused';
  readonly why: 'unknown' | 'expired' | 'ended' | 'revoked' | 'disabled' | 'locked';
};

/**
 * A token opens what it carries, as far as its user may do that today. Somebody who was locked out because a stranger
 * tried passwords keeps their sessions: a lock-out must not be a way to log others out.
 */
export const sessionStanding = (session: AuthorizedSession | undefined, nowUs: number): Standing => {
  if (session === undefined || !isRole(session.role)) return not('unknown');
  if (session.ended || endedWithOthers(session)) return not('ended');
  if (session.expires_at_us <= nowUs) return not('expired');
  if (session.disabled) return not('disabled');
  const identity: Identity = {
    id: session.user_id,
    kind: 'user',
    organisation: session.organisation,
    role: session.role,
    permissions: both(session.session_permissions, session.permissions),
    method: 'session',
    rateLimit: sessionRateLimit,
    tokenId: session.token_id,
  };
  return { outcome: 'authenticated', identity };
};

export type TokenOfReplaced = Pick<
  AuthorizedSession,
  'token_id' | 'session_permissions' | 'started_at_us' | 'expires_at_us'
>;

/**
 * A token that a replaced system signed and nobody has ended, for the user it names: what they may do today and it says. One
 * from before its login was given up means somebody who is not called so any more.
 */
export const replacedStanding = (user: NamedUser | undefined, token: TokenOfReplaced, nowUs: number): Standing => {
  if (user === undefined) return not('unknown');
  const { name_released_us: releasedUs } = user;
  if (releasedUs !== null && token.started_at_us <= releasedUs) return not('unknown');
  return sessionStanding({ ...user, ...token, ended: false }, nowUs);
};

/** Times of the same microsecond cannot be distinguished; then it has ended. */
const endedWithOthers = (session: AuthorizedSession): boolean =>
  session.sessions_ended_until_us !== null &&
  session.started_at_us <= session.sessions_ended_until_us &&
  session.token_id !== session.session_kept;

/** For a key whose secret was found right. */
export const keyStanding = (key: AuthorizedKey | undefined, nowUs: number): Standing => {
  if (key === undefined || !isRole(key.role)) return not('unknown');
  if (key.revoked) return not('revoked');
  if (key.disabled) return not('disabled');
  if (key.expires_at_us !== null && key.expires_at_us <= nowUs) return not('expired');
  const { key_id: id, organisation, role, permissions, rate_limit: rateLimit } = key;
  const identity = { id, kind: 'key', organisation, role, permissions, method: 'api_key', rateLimit } as const;
  return { outcome: 'authenticated', identity };
};

/** Whether a password would be looked at. The credential hash is undefined when every password is wrong. */
export type LoginStanding =
  | {
      readonly outcome: 'open';
      readonly userId: string;
      readonly organisation: string;
      readonly role: Role;
      readonly permissions: readonly string[];
      readonly credentialHash: { readonly encrypted: Uint8Array; readonly encryptedWith: string } | undefined;
    }
  | NotStanding;

export const loginStanding = (user: (AuthorizedUser & StoredHash) | undefined, nowUs: number): LoginStanding => {
  if (user === undefined || !isRole(user.role)) return not('unknown');
  if (user.disabled) return not('disabled');
  if (user.locked_until_us !== null && user.locked_until_us > nowUs) return not('locked');
  const { user_id: userId, organisation, role, permissions, encrypted, encrypted_with: encryptedWith } = user;
  const credentialHash = encrypted === null || encryptedWith === null ? undefined : { encrypted, encryptedWith };
  return { outcome: 'open', userId, organisation, role, permissions, credentialHash };
};

const not = (why: NotStanding['why']): NotStanding => ({ outcome: 'refused', why });
