/** The answers to a caller who is not let in. */
import { Problem } from '@plenum/http';
import type { NotAuthenticated, Unavailable } from '../ports/authenticated.ts';
import type { NotLoggedIn } from '../ports/logins.ts';

/** Why logging in takes no `Idempotency-Key`. */
export const eachLoginIsNew =
  'Nobody is known before it, and its answer is a secret, shown once; a session whose answer was lost ends by itself.';

/** Why nobody was let in with a password. */
export const loginProblem = (refused: NotLoggedIn): Problem => {
  if (refused.outcome === 'unavailable') return unavailable(refused);
  if (refused.outcome === 'refused') return notAuthenticated(refused);
  return new Problem('rate-limited', refused.reason, { headers: { 'retry-after': String(refused.retryAfterS) } });
};

/** Says how a client shows who it is. */
export const challenge = 'Bearer realm="plenum"';

/** RFC 6750: without a credential, the answer says only how to show one; otherwise it says that it is not good. */
export const notAuthenticated = ({ code, reason }: NotAuthenticated): Problem => {
  const more = { extra: { code } };
  if (code === 'no-role') {
    return new Problem('forbidden', reason, { ...more, headers: { 'www-authenticate': insufficientScope() } });
  }
  const wrong = code === 'absent' ? challenge : `${challenge}, error="invalid_token"`;
  return new Problem('unauthenticated', reason, { ...more, headers: { 'www-authenticate': wrong } });
};

export const insufficientScope = (permission?: string): string =>
  [challenge, 'error="insufficient_scope"', ...(permission === undefined ? [] : [`scope="${permission}"`])].join(', ');

export const unavailable = ({ reason, retryAfterS }: Unavailable): Problem =>
  new Problem('unavailable', reason, { headers: { 'retry-after': String(retryAfterS) } });
