import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command, NewEvent } from '@plenum/event';
import {
  changePassword,
  changeUser,
  createUser,
  endSession,
  issueKey,
  revokeKey,
  standUser,
  startSession,
} from './commands.ts';
import { administrator as actor, clerk } from './testing/decider-cases.ts';

const userId = '0190a7f0-2222-7abc-8def-000000000002';
const tokenId = 'f'.repeat(32);
const encrypted = { bytes: Uint8Array.of(1), encryptedWith: 'key' };
const hour = 3_600_000_000;

/** Streams in memory, and what commands come to on them: all of a command or nothing. */
const world = () => {
  const streams = new Map<string, readonly NewEvent[]>();
  const perform = (first: Command): readonly string[] | string => {
    const made = new Map<string, readonly NewEvent[]>();
    const commands = [first];
    for (let next = commands.shift(); next !== undefined; next = commands.shift()) {
      const { stream, decider, data, also } = next;
      assert.ok(!made.has(stream), `${stream} is asked twice`);
      const before = (streams.get(stream) ?? []).reduce(decider.evolve, decider.initial);
      const decided = decider.decide(before, data);
      if (decided.outcome === 'refused') return decided.code;
      const { events } = decided;
      made.set(stream, events);
      commands.push(...(also?.({ before, events, after: events.reduce(decider.evolve, before) }) ?? []));
    }
    for (const [stream, events] of made) streams.set(stream, [...(streams.get(stream) ?? []), ...events]);
    return [...made].flatMap(([stream, events]) =>
      events.map(({ type }) => `${stream} ${type.replace('plenum.access.', '')}`),
    );
  };
  return { perform, streams };
};

const ana = { userId, login: 'Ana', name: 'Ana', role: 'operator', actor } as const;
const session = { tokenId, userId, nowUs: 1, expiresAtUs: hour };

const withAna = () => {
  const there = world();
  there.perform(createUser({ ...ana, encrypted }));
  return there;
};

describe('users', () => {
  it('are created with their password, or not at all', () => {
    const { perform } = world();
    assert.deepEqual(perform(createUser({ ...ana, encrypted })), [
      `user-${userId} UserCreated`,
      `credential-${userId} CredentialHashEncrypted`,
    ]);
    assert.equal(perform(createUser({ ...ana, encrypted })), 'exists');
    const other = '0190a7f0-2222-7abc-8def-000000000003';
    assert.deepEqual(perform(standUser(other, { do: 'disable', actor })), 'not-found');
  });

  it('get another login', () => {
    const { perform } = withAna();
    assert.deepEqual(perform(changeUser(userId, { login: 'Bo', actor })), [`user-${userId} UserChanged`]);
  });

  it('get another password from an actor who may decide about them', () => {
    const { perform } = withAna();
    assert.deepEqual(perform(changePassword(userId, { actor, nowUs: 5, encrypted })), [
      `user-${userId} UserSessionsEnded`,
      `credential-${userId} CredentialHashEncrypted`,
    ]);
    assert.equal(perform(changePassword(userId, { actor: clerk, nowUs: 5, encrypted })), 'forbidden');
    assert.equal(perform(changePassword('nobody', { actor, nowUs: 5, encrypted })), 'not-found');
  });
});

describe('sessions', () => {
  it('start with what their user may do', () => {
    const { perform, streams } = withAna();
    assert.deepEqual(perform(startSession(session)), [`session-${tokenId} SessionStarted`]);
    assert.partialDeepStrictEqual(streams.get(`session-${tokenId}`)?.[0]?.data, {
      role: 'operator',
      permissions: ['read:sensors', 'read:maintenance', 'read:energy', 'read:commands', 'write:commands'],
    });
  });

  it('may be given less, and never more', () => {
    const { perform, streams } = withAna();
    perform(startSession({ ...session, permissions: ['read:sens*', 'admin:users'] }));
    assert.partialDeepStrictEqual(streams.get(`session-${tokenId}`)?.[0]?.data, { permissions: ['read:sensors'] });
  });

  it('do not start for who is disabled, locked out or nobody', () => {
    const { perform } = withAna();
    perform(standUser(userId, { do: 'lock-out', untilUs: 100, failures: 20 }));
    assert.equal(perform(startSession(session)), 'not-now');
    perform(standUser(userId, { do: 'disable', actor }));
    assert.equal(perform(startSession({ ...session, nowUs: 100 })), 'forbidden');
    assert.equal(perform(startSession({ ...session, userId: 'nobody' })), 'not-found');
  });

  it('end once', () => {
    const { perform } = withAna();
    perform(startSession(session));
    const end = endSession(tokenId, { reason: 'logged-out', actor });
    assert.deepEqual(perform(end), [`session-${tokenId} SessionEnded`]);
    assert.deepEqual(perform(end), []);
  });
});

describe('keys', () => {
  const issue = issueKey({ keyId: 'k_1', keyHash: 'ab', name: 'k', role: 'guest', nowUs: 1, actor, encrypted });

  it('are issued with what they are checked against, and lose it when they are revoked', () => {
    const { perform } = world();
    assert.deepEqual(perform(issue), ['key-k_1 ApiKeyIssued', 'credential-k_1 CredentialHashEncrypted']);
    assert.equal(perform(issue), 'exists');
    const revoke = revokeKey('k_1', { actor });
    assert.deepEqual(perform(revoke), ['key-k_1 ApiKeyRevoked', 'credential-k_1 CredentialHashWithdrawn']);
    assert.deepEqual(perform(revoke), []);
  });
});
