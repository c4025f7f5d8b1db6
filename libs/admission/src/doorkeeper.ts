/** The door: who somebody is, noted and counted. */
import { networkOf } from '@plenum/access';
import { actorName } from '@plenum/event';
import type { RateLimiter } from '@plenum/runtime';
import type { Admitted, Doorkeeper, Shown } from './admission.ts';
import type { Found, Identify } from './identify.ts';
import type { KeyUse } from './key-use.ts';
import type { SecurityLog } from './security/security-log.ts';
import { failureOf, forbiddenOf, limitedOf, successOf } from './security/sightings.ts';
import type { Tally } from './tally.ts';

export type DoorkeeperParts = {
  readonly identify: Identify;
  readonly security: SecurityLog;
  readonly keyUse: KeyUse;
  readonly limiter: RateLimiter;
  /** Requests a minute from one address without a credential that is good. */
  readonly strangersLimit: number;
  readonly tally: Tally;
};

export const doorkeeper = (parts: DoorkeeperParts): Doorkeeper => {
  const { identify, security, keyUse, limiter, strangersLimit, tally } = parts;

  const noted = (shown: Shown, { method, admitted, why = '', userId }: Found): Admitted => {
    if (admitted.outcome === 'unavailable') {
      tally.unavailable += 1;
    } else if (admitted.outcome === 'refused' || method === 'none') {
      tally.refused[method] += 1;
      security.see(failureOf(shown, { method, why, userId }));
    } else {
      tally.admitted[method] += 1;
      if (method === 'api_key') keyUse.note(admitted.identity.id);
      security.see(successOf(shown, actorName(admitted.identity), method));
    }
    return admitted;
  };

  return {
    admit: (shown) => {
      const found = identify(shown);
      return found instanceof Promise ? found.then((later) => noted(shown, later)) : noted(shown, found);
    },
    noteForbidden: (shown, identity, required) => security.see(forbiddenOf(shown, identity, required)),
    noteLimited: (shown, identity) => security.see(limitedOf(shown, identity)),
    limit: (asked) => {
      if ('address' in asked) return limiter.take(`address:${networkOf(asked.address)}`, strangersLimit);
      const { kind, id, rateLimit } = asked.identity;
      return limiter.take(`${kind}:${id}`, rateLimit);
    },
  };
};
