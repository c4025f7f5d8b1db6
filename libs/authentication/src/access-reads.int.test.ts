/** The tables that access is shown from: projected from what was decided, and asked page by page. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import {
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  accessTopic,
  apiKeysProjection,
  authorizationTables,
  CredentialHashEncrypted,
  CredentialHashWithdrawn,
  createUser,
  credentialHashesProjection,
  credentialHashesTopic,
  decideKey,
  endSession,
  issueKey,
  jwtTokensProjection,
  keyReads,
  revokeKey,
  SecurityEventSeen,
  type SecurityEventSeenData,
  SessionEnded,
  SessionStarted,
  securityEventsProjection,
  securityReads,
  securityTopic,
  sessionReads,
  standUser,
  startSession,
  UserCreated,
  UserDisabled,
  UserLockedOut,
  UserSessionsEnded,
  userReads,
  usersProjection,
} from '@plenum/access';
import { plenumItself as actor, type Command, type EventDefinition, formatTimeUs, timeId } from '@plenum/event';
import { inTransaction, migrateInline, postgresReadModelStore, sqlOf } from '@plenum/postgres';
import { silentLogger, testDatabase } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { handleCommand, projectBatch, showPersonal } from '@plenum/runtime';
import { jsonCodec, memoryEventStore } from '@plenum/runtime/testing';
import { testPersonal } from './testing/test-personal.ts';

const events: readonly EventDefinition<never>[] = [
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  SecurityEventSeen,
  SessionEnded,
  SessionStarted,
  UserCreated,
  UserDisabled,
  UserLockedOut,
  UserSessionsEnded,
  CredentialHashEncrypted,
  CredentialHashWithdrawn,
];
const projections = [
  usersProjection,
  apiKeysProjection,
  jwtTokensProjection,
  credentialHashesProjection,
  securityEventsProjection,
];
const topics = [accessTopic, credentialHashesTopic, securityTopic];

const second = 1_000_000;
const startUs = 1_772_615_702_118_204;
const user = (number: number): string => `0190a7f0-2222-7abc-8def-${String(number).padStart(12, '0')}`;
const token = (number: number): string => String(number).padStart(32, '0');
const encrypted = { bytes: Uint8Array.of(1, 255, 0), encryptedWith: 'fingerprint' };

/** Decisions and sightings, a second apart, and the tables made of them. */
const world = async (t: TestContext) => {
  const { pool } = await testDatabase(t);
  await migrateInline(pool, authorizationTables);
  const sql = sqlOf(pool);
  const codec = jsonCodec(events);
  const store = memoryEventStore({
    topics,
    codec,
    inline: [authorizationTables],
    transact: (work) => inTransaction(pool, (client) => work(sqlOf(client))),
  });
  const models = postgresReadModelStore({ pool, logger: silentLogger });
  const places = (names: readonly string[]) =>
    topics
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name: topic, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
      );
  for (const projection of projections.map((one) => buildOf(one)))
    await models.prepare(projection, places(projection.topics));

  let nowUs = startUs;
  const clock = { nowUs: () => nowUs };
  const personal = await testPersonal(t, { pool });
  const decisions = { store, personal, clock, random: { bytes16: () => randomBytes(16) } };
  const perform = async (command: Command): Promise<void> => {
    nowUs += second;
    const done = await handleCommand(decisions, command, { id: randomUUID(), actor });
    assert.equal(done.outcome === 'done' && done.how, 'recorded', JSON.stringify(done));
  };
  const see = async (data: SecurityEventSeenData): Promise<void> => {
    nowUs += second;
    const id = timeId(Math.floor(nowUs / 1000), randomBytes(16));
    const event = { id, type: SecurityEventSeen.type, source: 'test', effectiveTimeUs: nowUs, recordedTimeUs: nowUs };
    await store.source.append([codec.encode({ ...event, data })]);
  };
  const project = async (): Promise<void> => {
    for (const projection of projections.map((one) => buildOf(one))) {
      for (const at of places(projection.topics)) {
        const to = (await store.source.positions(at.topic))[at.partition]?.next ?? 0n;
        const from = await models.position(projection, at);
        for await (const batch of store.source.read({ ...at, from, to })) {
          const { counters } = await projectBatch({ store: models, codec, projection }, batch);
          assert.equal(counters.parked, 0);
        }
      }
    }
  };
  return { sql, personal, perform, see, project };
};

describe('users', () => {
  it('are shown page by page, and as they were decided', async (t) => {
    const { sql, personal, perform, project } = await world(t);
    for (const number of [1, 2, 3]) {
      const role = number === 3 ? 'operator' : 'guest';
      const asked = { userId: user(number), login: `User${number}`, name: `User ${number}`, role, actor } as const;
      await perform(createUser({ ...asked, encrypted }));
    }
    await perform(standUser(user(2), { do: 'disable', actor }));
    await perform(standUser(user(1), { do: 'lock-out', untilUs: startUs, failures: 20 }));
    await project();

    const reads = userReads(sql, showPersonal(personal));
    const first = await reads.page({ limit: 2 });
    assert.deepEqual(
      first.map(({ login }) => login),
      ['User1', 'User2'],
    );
    const next = await reads.page({ limit: 2, afterUser: first.at(1)?.user_id });
    assert.deepEqual(
      next.map(({ login }) => login),
      ['User3'],
    );
    const { event_id, log_partition, log_offset, ...locked } = first.at(0) ?? assert.fail();
    assert.deepEqual(locked, {
      user_id: user(1),
      organisation: 'default',
      login: 'User1',
      name: 'User 1',
      email: null,
      role: 'guest',
      permissions: ['read:sensors'],
      is_active: true,
      locked_until: formatTimeUs(startUs),
      created_at: formatTimeUs(startUs + second),
      changed_at: formatTimeUs(startUs + 5 * second),
      imported_id: null,
      stream_version: 2,
    });
    assert.match(event_id, /^[0-9a-f-]{36}$/);
    assert.ok(Number.isInteger(log_partition) && Number.isInteger(log_offset));
    const logins = async (asked: object) => (await reads.page({ limit: 9, ...asked })).map(({ login }) => login);
    assert.deepEqual(await logins({ active: false }), ['User2']);
    assert.deepEqual(await logins({ role: 'operator' }), ['User3']);
    assert.deepEqual(await logins({ login: 'uSER2' }), ['User2']);
    assert.equal((await reads.byId(user(2)))?.is_active, false);
    assert.equal(await reads.byId(user(9)), undefined);
    const kept = await sql(
      'select subject, kind, encrypted, encrypted_with from public.credential_hashes order by subject limit 1',
    );
    assert.deepEqual(kept, [
      { subject: user(1), kind: 'password', encrypted: Buffer.from(encrypted.bytes), encrypted_with: 'fingerprint' },
    ]);
  });
});

describe('keys', () => {
  it('are shown page by page, with how much they are used', async (t) => {
    const { sql, perform, project } = await world(t);
    for (const keyId of ['a_1', 'b_1', 'b_2']) {
      const asked = {
        keyId,
        keyHash: 'ab'.repeat(32),
        name: keyId.slice(0, 1),
        role: 'guest',
        actor,
        encrypted,
      } as const;
      await perform(issueKey({ ...asked, nowUs: 1, expiresAtUs: startUs }));
    }
    await perform(decideKey('a_1', { do: 'use', count: 3, lastUsedUs: startUs + 7 }));
    await perform(decideKey('a_1', { do: 'use', count: 4, lastUsedUs: startUs + 5 }));
    await perform(revokeKey('b_2', { actor }));
    await project();

    const reads = keyReads(sql);
    const ids = async (asked: object) => (await reads.page({ limit: 9, ...asked })).map(({ key_id }) => key_id);
    assert.deepEqual(await ids({ limit: 2 }), ['a_1', 'b_1']);
    assert.deepEqual(await ids({ afterKey: 'b_1' }), ['b_2']);
    assert.deepEqual(await ids({ name: 'b', active: true }), ['b_1']);
    assert.partialDeepStrictEqual(await reads.byId('a_1'), {
      permissions: ['read:sensors'],
      created_at: formatTimeUs(startUs + second),
      expires_at: formatTimeUs(startUs),
      is_active: true,
      rate_limit: 10,
      last_used: formatTimeUs(startUs + 7),
      use_count: 7,
      issued_by: 'plenum',
      stream_version: 3,
    });
    assert.partialDeepStrictEqual(await reads.byId('b_2'), { is_active: false, is_revoked: true, last_used: null });
  });
});

describe('sessions', () => {
  it('of a user are shown page by page, the last first', async (t) => {
    const { sql, perform, project } = await world(t);
    const asked = { userId: user(1), login: 'a', name: 'A', role: 'guest', actor } as const;
    await perform(createUser(asked));
    for (const number of [1, 2, 3]) {
      const times = { nowUs: startUs, expiresAtUs: startUs + number * 3600 * second };
      const deviceInfo = '{"client":"curl"}';
      await perform(startSession({ tokenId: token(number), userId: user(1), deviceInfo, ...times }));
    }
    await perform(endSession(token(2), { reason: 'logged-out', actor }));
    await project();

    const reads = sessionReads(sql);
    const first = await reads.ofUser({ user: user(1), limit: 2 });
    assert.deepEqual(
      first.map(({ token_id }) => token_id),
      [token(3), token(2)],
    );
    const [, after] = first;
    assert.ok(after);
    const next = await reads.ofUser({ user: user(1), limit: 2, after });
    assert.deepEqual(
      next.map(({ token_id }) => token_id),
      [token(1)],
    );
    const live = await reads.ofUser({ user: user(1), limit: 9, liveAtUs: startUs + 3600 * second });
    assert.deepEqual(
      live.map(({ token_id }) => token_id),
      [token(3)],
    );
    assert.partialDeepStrictEqual(await reads.byId(token(2)), {
      user_id: user(1),
      is_revoked: true,
      end_reason: 'logged-out',
      ended_by: 'plenum',
      ended_at: formatTimeUs(startUs + 5 * second),
      device_info: { client: 'curl' },
    });
    assert.deepEqual(await reads.ofUser({ user: user(2), limit: 9 }), []);
  });
});

describe('security events', () => {
  it('are shown page by page, the last first, whatever strangers put into them', async (t) => {
    const { sql, see, project } = await world(t);
    const seen: SecurityEventSeenData = {
      event_type: 'authentication_failed',
      user_id: undefined,
      organisation: undefined,
      ip_address: '192.0.2.7',
      user_agent: 'a\u0000b\ud800',
      resource: '/\u0000',
      action: 'access',
      success: false,
      details: '{"api_key":true,"\\u0000":"\\ud800"}',
      occurrences: 1,
    };
    await see(seen);
    await see({ ...seen, occurrences: 40 });
    await see({ ...seen, event_type: 'authentication_success', user_id: 'u', success: true, details: 'no JSON' });
    await project();

    const reads = securityReads(sql);
    const all = await reads.page({ limit: 9 });
    assert.deepEqual(
      all.map(({ severity, occurrences }) => [severity, occurrences]),
      [
        ['info', 1],
        ['critical', 40],
        ['warning', 1],
      ],
    );
    assert.partialDeepStrictEqual(all.at(2), {
      timestamp: formatTimeUs(startUs + second),
      user_agent: 'a\uFFFDb\uFFFD',
      resource: '/\uFFFD',
      details: { api_key: true, '\uFFFD': '\uFFFD' },
    });
    assert.equal(all.at(0)?.details, null);
    const [after] = await reads.page({ limit: 1 });
    assert.ok(after);
    assert.deepEqual(await reads.page({ limit: 9, after }), [...all].slice(1));
    const severities = async (asked: object) =>
      (await reads.page({ limit: 9, ...asked })).map(({ severity }) => severity);
    assert.deepEqual(await severities({ user: 'u' }), ['info']);
    assert.deepEqual(await severities({ address: '192.0.2.8' }), []);
    assert.deepEqual(await severities({ type: 'authentication_failed' }), ['critical', 'warning']);
    assert.deepEqual(await severities({ severity: 'critical' }), ['critical']);
    assert.deepEqual(await severities({ fromUs: startUs + 2 * second, toUs: startUs + 3 * second }), ['critical']);
  });
});
