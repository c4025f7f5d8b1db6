import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuthorizedKey, AuthorizedSession, AuthorizedUser, StoredHash } from './reads.ts';
import { keyStanding, loginStanding, sessionStanding } from './standing.ts';

const user: AuthorizedUser = {
  user_id: 'u',
  organisation: 'acme',
  role: 'operator',
  permissions: ['read:sensors', 'write:commands'],
  disabled: false,
  locked_until_us: null,
  sessions_ended_until_us: null,
  session_kept: null,
};
const credentialHash: StoredHash = { encrypted: Uint8Array.of(1), encrypted_with: 'key' };

describe('a session', () => {
  const session: AuthorizedSession = {
    ...user,
    token_id: 't',
    session_permissions: ['read:*'],
    started_at_us: 5,
    expires_at_us: 10,
    ended: false,
  };

  it('is somebody, with what both it and its user may do', () => {
    assert.deepEqual(sessionStanding(session, 9), {
      outcome: 'authenticated',
      identity: {
        id: 'u',
        kind: 'user',
        organisation: 'acme',
        role: 'operator',
        permissions: ['read:sensors'],
        method: 'session',
        rateLimit: 100,
        tokenId: 't',
      },
    });
  });

  const refusals: readonly (readonly [why: string, AuthorizedSession | undefined, nowUs: number])[] = [
    ['unknown', undefined, 9],
    ['unknown', { ...session, role: 'emperor' }, 9],
    ['ended', { ...session, ended: true }, 9],
    ['ended', { ...session, sessions_ended_until_us: 5 }, 9],
    ['ended', { ...session, sessions_ended_until_us: 7, session_kept: 'another' }, 9],
    ['expired', session, 10],
    ['disabled', { ...session, disabled: true }, 9],
  ];
  for (const [why, row, nowUs] of refusals) {
    it(`that is ${why} is nobody`, () => assert.deepEqual(sessionStanding(row, nowUs), { outcome: 'refused', why }));
  }

  it('goes on when it was started since the others ended, or is the one that was kept', () => {
    assert.equal(sessionStanding({ ...session, sessions_ended_until_us: 4 }, 9).outcome, 'authenticated');
    const kept = { ...session, sessions_ended_until_us: 7, session_kept: 't' };
    assert.equal(sessionStanding(kept, 9).outcome, 'authenticated');
  });

  it('goes on while its user is locked out', () => {
    assert.equal(sessionStanding({ ...session, locked_until_us: 100 }, 9).outcome, 'authenticated');
  });
});

describe('a key', () => {
  const key: AuthorizedKey = {
    ...credentialHash,
    key_id: 'k_1',
    organisation: 'acme',
    key_hash: 'ab'.repeat(32),
    role: 'guest',
    permissions: ['read:sensors'],
    rate_limit: 7,
    expires_at_us: 10,
    disabled: false,
    revoked: false,
  };

  it('is somebody, with its own rate', () => {
    assert.deepEqual(keyStanding(key, 9), {
      outcome: 'authenticated',
      identity: {
        id: 'k_1',
        kind: 'key',
        organisation: 'acme',
        role: 'guest',
        permissions: ['read:sensors'],
        method: 'api_key',
        rateLimit: 7,
      },
    });
    assert.equal(keyStanding({ ...key, expires_at_us: null }, 1e15).outcome, 'authenticated');
  });

  const refusals: readonly (readonly [why: string, AuthorizedKey | undefined, nowUs: number])[] = [
    ['unknown', undefined, 9],
    ['unknown', { ...key, role: 'emperor' }, 9],
    ['revoked', { ...key, revoked: true, disabled: true }, 9],
    ['disabled', { ...key, disabled: true }, 9],
    ['expired', key, 10],
  ];
  for (const [why, row, nowUs] of refusals) {
    it(`that is ${why} is nobody`, () => assert.deepEqual(keyStanding(row, nowUs), { outcome: 'refused', why }));
  }
});

describe('a login', () => {
  const login = { ...user, ...credentialHash };

  it('is open, with what its password is checked against', () => {
    assert.deepEqual(loginStanding(login, 9), {
      outcome: 'open',
      userId: 'u',
      organisation: 'acme',
      role: 'operator',
      permissions: user.permissions,
      credentialHash: { encrypted: Uint8Array.of(1), encryptedWith: 'key' },
    });
  });

  it('without a credential hash takes no password', () => {
    const standing = loginStanding({ ...login, encrypted: null, encrypted_with: null }, 9);
    assert.equal(standing.outcome === 'open' && standing.credentialHash, undefined);
  });

  const refusals: readonly (readonly [why: string, (AuthorizedUser & StoredHash) | undefined])[] = [
    ['unknown', undefined],
    ['unknown', { ...login, role: 'emperor' }],
    ['disabled', { ...login, disabled: true }],
    ['locked', { ...login, locked_until_us: 10 }],
  ];
  for (const [why, row] of refusals) {
    it(`that is ${why} is not`, () => assert.deepEqual(loginStanding(row, 9), { outcome: 'refused', why }));
  }

  it('is open again after a lock-out', () => {
    assert.equal(loginStanding({ ...login, locked_until_us: 10 }, 10).outcome, 'open');
  });
});
