/** Authentication with given answers, for what can be seen of authorization and commands without a database. */
import type { Identity } from '@plenum/access';
import type { Authentication, AuthenticationMetrics } from '@plenum/authentication';
import type { RateAnswer } from '@plenum/runtime';

const unasked = async (): Promise<never> => {
  throw new Error('Authentication was asked for something that this test did not expect');
};

export const somebody: Identity = {
  id: 'somebody_01234567',
  kind: 'key',
  organisation: 'default',
  role: 'guest',
  permissions: ['read:sensors'],
  method: 'api_key',
  rateLimit: 10,
};

export const enough: RateAnswer = { allowed: true, limit: 10, remaining: 9, resetS: 60 };

const nothingCounted: AuthenticationMetrics = {
  authenticated: { session: 0, api_key: 0, oidc: 0 },
  refused: { session: 0, api_key: 0, oidc: 0, none: 0 },
  ...{ unavailable: 0, securityEventsDropped: 0, securityEventsWaiting: 0, credentialHashesUnreadable: 0 },
  logins: { started: 0, refused: 0 },
  authorization: { remembered: 0, hits: 0, reads: 0, unreadableForMs: 0 },
};

/** Nobody else has the key. */
const begun = {
  outcome: 'begun',
  request: { key: 'key', fingerprint: new Uint8Array(32) },
  end: async () => undefined,
} as const;

type Some = Partial<Omit<Authentication, 'logins' | 'sessions' | 'users' | 'keys' | 'organisations' | 'requests'>> & {
  readonly requests?: Partial<Authentication['requests']>;
  readonly logins?: Partial<Authentication['logins']>;
  readonly sessions?: Partial<Authentication['sessions']>;
  readonly users?: Partial<Authentication['users']>;
  readonly keys?: Partial<Authentication['keys']>;
  readonly organisations?: Partial<Authentication['organisations']>;
};

/** Lets in everybody who shows a key, as `somebody`, counts nothing, and takes every key of a request as a new one. */
export const fakeAuthentication = ({
  logins,
  sessions,
  users,
  keys,
  organisations,
  requests,
  ...door
}: Some = {}): Authentication => ({
  authenticate: ({ apiKey }) =>
    apiKey === undefined
      ? { outcome: 'refused', code: 'absent', reason: 'Nothing was shown.' }
      : { outcome: 'authenticated', identity: somebody, described: { roles: ['guest'] } },
  recheck: () => ({ outcome: 'authenticated', identity: somebody, described: { roles: ['guest'] } }),
  noteForbidden: () => undefined,
  noteLimited: () => undefined,
  limit: () => enough,
  logins: { login: unasked, changePassword: unasked, ...logins },
  sessions: { validate: unasked, logout: unasked, end: unasked, endAll: unasked, ...sessions },
  users: {
    ...{ create: unasked, get: unasked, change: unasked, disable: unasked, enable: unasked, unlock: unasked },
    ...{ resetPassword: unasked, createFirst: unasked, import: unasked, wouldImport: unasked },
    ...users,
  },
  keys: {
    ...{ issue: unasked, get: unasked, change: unasked, disable: unasked, enable: unasked, revoke: unasked },
    ...{ import: unasked, wouldImport: unasked },
    ...keys,
  },
  organisations: { create: unasked, rename: unasked, ...organisations },
  handle: unasked,
  requests: { begin: async () => begun, ...requests },
  metrics: () => nothingCounted,
  close: async () => undefined,
  ...door,
});
