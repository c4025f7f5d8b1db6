/** Why nobody was let in with a password. */
import type { LoggedIn } from '@plenum/admission';
import { notIn, unavailable } from '../../conventions/guards.ts';
import { Problem } from '../../conventions/problem.ts';

export const loginProblem = (refused: Exclude<LoggedIn, { readonly outcome: 'started' }>): Problem => {
  if (refused.outcome === 'unavailable') return unavailable(refused);
  if (refused.outcome === 'refused') return notIn(refused);
  return new Problem('rate-limited', refused.reason, { headers: { 'retry-after': String(refused.retryAfterS) } });
};
