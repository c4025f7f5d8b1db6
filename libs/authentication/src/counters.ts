/** Counters that metrics read; see `AuthenticationMetrics`. */
import type { Method } from './metrics.ts';

export type AuthenticationCounters = {
  readonly authenticated: Record<Method, number>;
  readonly refused: Record<Method | 'none', number>;
  readonly logins: { started: number; refused: number };
  unavailable: number;
};

export const newCounters = (): AuthenticationCounters => ({
  authenticated: { session: 0, api_key: 0, oidc: 0 },
  refused: { session: 0, api_key: 0, oidc: 0, none: 0 },
  logins: { started: 0, refused: 0 },
  unavailable: 0,
});
