/** Authentication that carries out whatever it is asked for, for tests that go over every route. */
import type { Identity } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import { fakeAuthentication, somebody } from './fake-authentication.ts';

export const aUserId = '01900000-0000-7000-8000-000000000001';

const done = { outcome: 'done', how: 'recorded', id: aUserId, stream: `user-${aUserId}`, version: 3 } as const;

const started = {
  outcome: 'started',
  ...{ token: 'a.b.c', tokenId: 'f'.repeat(32), issuedAtUs: 1_772_615_702_118_204, expiresAtUs: 1_772_702_102_118_204 },
  user: { id: aUserId, login: 'ann', name: 'Ann', email: undefined, role: 'administrator', permissions: ['*'] },
  ...{ stream: 'session-1', version: 1 },
} as const;

/** Who asks where nothing else is said: a user with a session, who may do everything. */
export const anAdministrator: Identity = {
  ...somebody,
  ...{
    id: aUserId,
    kind: 'user',
    method: 'session',
    tokenId: 'f'.repeat(32),
    permissions: ['*', 'admin:organisations'],
  },
};

/** `note` is called with the name of everything that was carried out. */
export const willingAuthentication = (
  note: (what: string) => void = () => undefined,
  more: Parameters<typeof fakeAuthentication>[0] = {},
): Authentication => {
  const noting =
    <T>(what: string, answer: T) =>
    async (): Promise<T> => {
      note(what);
      return answer;
    };
  const made = { ...done, secret: 'shown once' };
  return fakeAuthentication({
    authenticate: () => ({
      outcome: 'authenticated',
      identity: anAdministrator,
      described: { roles: ['administrator'] },
    }),
    handle: noting('handle', done),
    logins: {
      login: noting('logins.login', started),
      changePassword: noting('logins.changePassword', { outcome: 'done', sessionsEnded: 0 }),
    },
    sessions: {
      logout: noting('sessions.logout', done),
      end: noting('sessions.end', done),
      endAll: noting('sessions.endAll', { outcome: 'done', ended: [] }),
    },
    users: {
      create: noting('users.create', made),
      change: noting('users.change', done),
      disable: noting('users.disable', done),
      enable: noting('users.enable', done),
      unlock: noting('users.unlock', done),
      resetPassword: noting('users.resetPassword', made),
    },
    keys: {
      issue: noting('keys.issue', made),
      change: noting('keys.change', done),
      disable: noting('keys.disable', done),
      enable: noting('keys.enable', done),
      revoke: noting('keys.revoke', done),
    },
    organisations: {
      create: noting('organisations.create', done),
      rename: noting('organisations.rename', done),
    },
    ...more,
  });
};
