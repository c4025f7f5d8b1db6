/** What routes say that take a password. */
import type { LoggedIn } from '@plenum/authentication';
import { Problem } from '@plenum/http';
import { notAuthenticated, unavailable } from '../../conventions/authorization.ts';

/** Why logging in takes no `Idempotency-Key`. */
export const eachLoginIsNew =
  'Nobody is known before it, and its answer is a secret that is told once; a session whose answer was lost ends by itself.';

/** Why nobody was let in with a password. */
export const loginProblem = (refused: Exclude<LoggedIn, { readonly outcome: 'started' }>): Problem => {
  if (refused.outcome === 'unavailable') return unavailable(refused);
  if (refused.outcome === 'refused') return notAuthenticated(refused);
  return new Problem('rate-limited', refused.reason, { headers: { 'retry-after': String(refused.retryAfterS) } });
};
