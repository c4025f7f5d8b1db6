/** Who a request is from, recorded and counted. */
import type { Authenticated, PresentedCredentials } from '@plenum/access';
import { networkOf } from '@plenum/access';
import { actorName } from '@plenum/event';
import type { RateLimiter } from '@plenum/runtime';
import type { Authenticator } from './authentication.ts';
import type { AuthenticationCounters } from './counters.ts';
import type { Found, Identify } from './identify.ts';
import type { KeyUse } from './key-use.ts';
import type { SecurityLog } from './security/security-log.ts';
import { failureOf, forbiddenOf, limitedOf, successOf } from './security/sightings.ts';

export type AuthenticatorParts = {
  readonly identify: Identify;
  readonly security: SecurityLog;
  readonly keyUse: KeyUse;
  readonly limiter: RateLimiter;
  /** Requests a minute from one address without a credential that is good. */
  readonly strangersLimit: number;
  readonly counters: AuthenticationCounters;
};

export const authenticator = (parts: AuthenticatorParts): Authenticator => {
  const { identify, security, keyUse, limiter, strangersLimit, counters } = parts;

  const noted = (
    shown: PresentedCredentials,
    { method, authenticated, why = '', userId, organisation }: Found,
  ): Authenticated => {
    if (authenticated.outcome === 'unavailable') {
      counters.unavailable += 1;
    } else if (authenticated.outcome === 'refused' || method === 'none') {
      counters.refused[method] += 1;
      security.see(failureOf(shown, { method, why, userId, organisation }));
    } else {
      counters.authenticated[method] += 1;
      if (method === 'api_key') keyUse.note(authenticated.identity.id);
      const { identity } = authenticated;
      security.see(successOf(shown, { userId: actorName(identity), organisation: identity.organisation }, method));
    }
    return authenticated;
  };

  return {
    authenticate: (shown) => {
      const found = identify(shown);
      return found instanceof Promise ? found.then((later) => noted(shown, later)) : noted(shown, found);
    },
    recheck: (shown) => {
      const found = identify(shown);
      return found instanceof Promise ? found.then(({ authenticated }) => authenticated) : found.authenticated;
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
