/** What `libs/access` asks of PostgreSQL: its tables in the transaction of the decision, and made again from all decisions. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import {
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  type Attempted,
  accessTables,
  accessTopic,
  authorizationReads,
  authorizationTables,
  beginAttempt,
  CredentialHashEncrypted,
  CredentialHashWithdrawn,
  changePassword,
  changeUser,
  createUser,
  credentialHashesTopic,
  decideKey,
  endAttempt,
  endSession,
  issueKey,
  keyStanding,
  loginHash,
  loginStanding,
  purgeAttempts,
  purgeSessions,
  revokeKey,
  rolePermissions,
  SessionEnded,
  SessionStarted,
  sessionStanding,
  standUser,
  startSession,
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
  user,
} from '@plenum/access';
import { plenumItself as actor, type Command, type Event, type EventDefinition } from '@plenum/event';
import { inTransaction, migrateInline, query } from '@plenum/postgres';
import { testDatabase } from '@plenum/postgres/testing';
import { rebuildInline, type Sql } from '@plenum/read-model';
import { decryptEvents, handleCommand, stateOf } from '@plenum/runtime';
import { jsonCodec, memoryEventStore } from '@plenum/runtime/testing';
import { testPersonal } from './testing/test-personal.ts';

type Pool = Awaited<ReturnType<typeof testDatabase>>['pool'];

const events: readonly EventDefinition<never>[] = [
  ApiKeyChanged,
  ApiKeyDisabled,
  ApiKeyEnabled,
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  SessionEnded,
  SessionStarted,
  UserChanged,
  UserCreated,
  UserDisabled,
  UserEnabled,
  UserLockedOut,
  UserSessionsEnded,
  UserUnlocked,
  CredentialHashEncrypted,
  CredentialHashWithdrawn,
];

const second = 1_000_000;
const nowUs = 1_772_615_702_118_204;
const hour = 3600 * second;
const userId = '0190a7f0-2222-7abc-8def-000000000002';
const encrypted = { bytes: Uint8Array.of(1, 255, 0), encryptedWith: 'fingerprint' };

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hashLogin = (login: string): string => loginHash(sha256, login);

const over =
  (client: Pick<Pool, 'query'>): Sql =>
  async <R>(text: string, parameters: readonly unknown[] = []) => {
    const { rows } = await client.query(text, [...parameters]);
    return rows as R[]; // The author of the text names the columns it selects.
  };

const world = async (t: TestContext) => {
  const { pool, url } = await testDatabase(t, { connectionsMax: 20 });
  // Two processes that start at once.
  await Promise.all([migrateInline(pool, authorizationTables), migrateInline(pool, authorizationTables)]);
  const codec = jsonCodec(events);
  const store = memoryEventStore({
    topics: [accessTopic, credentialHashesTopic],
    codec,
    inline: [authorizationTables],
    transact: (work) => inTransaction(pool, (client) => work(over(client))),
  });
  const personal = await testPersonal(t, { pool });
  const decisions = { store, personal, clock: { nowUs: () => nowUs }, random: { bytes16: () => randomBytes(16) } };
  /** One command; what it came to. */
  const perform = async (command: Command): Promise<string> => {
    const done = await handleCommand(decisions, command, { id: randomUUID(), actor });
    return done.outcome === 'done' ? done.how : done.outcome;
  };
  const allEvents = async (): Promise<readonly Event[]> => {
    const loaded = await Promise.all([...store.streams().keys()].map((stream) => store.load(stream)));
    return decryptEvents(
      loaded.flatMap(({ events: its }) => its),
      personal,
    );
  };
  const inTx = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => inTransaction(pool, (client) => work(over(client)));
  return { pool, url, store, perform, allEvents, inTx, reads: authorizationReads(over(pool)) };
};

const ana = createUser({ userId, login: 'Ana', name: 'Ana', role: 'operator', actor, encrypted });
const tokenId = 'f'.repeat(32);
const session = startSession({ tokenId, userId, nowUs, expiresAtUs: nowUs + hour });
const keyHash = 'ab'.repeat(32);
const key = issueKey({
  keyId: 'k_1',
  keyHash,
  name: 'k',
  role: 'guest',
  nowUs,
  expiresAtUs: nowUs + hour,
  actor,
  encrypted,
});

const contents = async (pool: Pool): Promise<readonly unknown[]> =>
  Promise.all(accessTables.map((table) => query(pool, `select * from plenum_access.${table} order by 1`)));

describe('the tables about a user', () => {
  it('open and close with what is decided', async (t) => {
    const { perform, reads } = await world(t);
    assert.equal(await perform(ana), 'recorded');
    const open = loginStanding(await reads.login('ANA'), nowUs);
    assert.deepEqual(open.outcome === 'open' && open.credentialHash, {
      encrypted: Buffer.from(encrypted.bytes),
      encryptedWith: 'fingerprint',
    });

    const standing = async () => {
      const answer = sessionStanding(await reads.session(tokenId), nowUs);
      return answer.outcome === 'refused' ? answer.why : answer.identity.permissions;
    };
    assert.equal(await standing(), 'unknown');
    await perform(session);
    assert.deepEqual(await standing(), rolePermissions.operator);
    assert.deepEqual(await reads.liveSessions(userId, nowUs), [tokenId]);
    assert.deepEqual(await reads.liveSessions(userId, nowUs + hour), []);
    await perform(changeUser(userId, { role: 'guest', actor }));
    assert.deepEqual(await standing(), ['read:sensors'], 'at once, though the token says more');
    await perform(standUser(userId, { do: 'disable', actor }));
    assert.equal(await standing(), 'disabled');
    assert.deepEqual(loginStanding(await reads.login('ana'), nowUs), { outcome: 'refused', why: 'disabled' });
    await perform(standUser(userId, { do: 'enable', actor }));
    await perform(endSession(tokenId, { reason: 'logged-out', actor }));
    assert.equal(await standing(), 'ended');
    assert.deepEqual(await reads.liveSessions(userId, nowUs), []);
  });

  it('know the times of a lock-out to the microsecond', async (t) => {
    const { perform, reads } = await world(t);
    await perform(ana);
    await perform(standUser(userId, { do: 'lock-out', untilUs: nowUs + 1, failures: 20 }));
    assert.deepEqual(loginStanding(await reads.login('ana'), nowUs), { outcome: 'refused', why: 'locked' });
    assert.equal(loginStanding(await reads.login('ana'), nowUs + 1).outcome, 'open');
  });

  it('end their sessions with their password, but for one, and those that begin since go on', async (t) => {
    const { perform, reads } = await world(t);
    await perform(ana);
    await perform(session);
    const keptId = 'e'.repeat(32);
    await perform(startSession({ tokenId: keptId, userId, nowUs, expiresAtUs: nowUs + hour }));
    const ended = async (id: string) => {
      const answer = sessionStanding(await reads.session(id), nowUs);
      return answer.outcome === 'refused' ? answer.why : answer.outcome;
    };
    const keeps = { tokenId: keptId, startedAtUs: nowUs };
    assert.equal(await perform(changePassword(userId, { actor, nowUs: nowUs - 1, keeps, encrypted })), 'recorded');
    assert.deepEqual([await ended(tokenId), await ended(keptId)], ['authenticated', 'authenticated']);
    assert.equal(await perform(changePassword(userId, { actor, nowUs, keeps, encrypted })), 'recorded');
    assert.deepEqual([await ended(tokenId), await ended(keptId)], ['ended', 'authenticated']);
    const [row] = await reads.named([userId]);
    assert.deepEqual([row?.sessions_ended_until_us, row?.session_kept], [nowUs, keptId]);
  });

  it('find a user by the login of today', async (t) => {
    const { perform, reads } = await world(t);
    await perform(ana);
    await perform(changeUser(userId, { login: 'anna', actor }));
    assert.equal(await reads.login('ana'), undefined);
    assert.equal((await reads.login('Anna'))?.user_id, userId);
  });
});

describe('the tables about a key', () => {
  it('find it by its hash, with what it is checked against until it is revoked', async (t) => {
    const { perform, reads } = await world(t);
    await perform(key);
    const found = await reads.key(keyHash);
    assert.deepEqual(found?.encrypted, Buffer.from(encrypted.bytes));
    assert.equal(keyStanding(found, nowUs).outcome, 'authenticated');
    assert.deepEqual(keyStanding(found, nowUs + hour), { outcome: 'refused', why: 'expired' });
    await perform(decideKey('k_1', { do: 'change', rateLimit: 7, expiresAtUs: 'never', nowUs, actor }));
    const changed = keyStanding(await reads.key(keyHash), nowUs + hour);
    assert.equal(changed.outcome === 'authenticated' && changed.identity.rateLimit, 7);
    await perform(decideKey('k_1', { do: 'disable', actor }));
    assert.deepEqual(keyStanding(await reads.key(keyHash), nowUs), { outcome: 'refused', why: 'disabled' });
    await perform(revokeKey('k_1', { actor }));
    const revoked = await reads.key(keyHash);
    assert.deepEqual(keyStanding(revoked, nowUs), { outcome: 'refused', why: 'revoked' });
    assert.equal(revoked?.encrypted, null);
  });
});

describe('a decision', () => {
  it('is heard with its stream by a process that listens, when it has committed', async (t) => {
    const { pool, perform } = await world(t);
    const client = await pool.connect();
    const heard: string[] = [];
    const last = Promise.withResolvers<void>();
    client.on('notification', ({ payload = '' }) => {
      heard.push(payload);
      if (payload === 'end') last.resolve();
    });
    await client.query('listen plenum_access');
    await perform(ana);
    await perform(key);
    await pool.query(`select pg_notify('plenum_access', 'end')`);
    await last.promise;
    client.release(true);
    assert.deepEqual(heard, [`user-${userId}`, `credential-${userId}`, 'key-k_1', 'credential-k_1', 'end']);
  });

  it('whose tables cannot be written is not taken', async (t) => {
    const { pool, perform, store } = await world(t);
    await pool.query('drop table plenum_access.credential_hash');
    await assert.rejects(perform(ana));
    assert.equal((await store.load(`user-${userId}`)).version, 0);
    assert.deepEqual(await query(pool, 'select * from plenum_access.authorized_user'), []);
  });
});

describe('the authorization tables', () => {
  const everything = async ({ perform }: Pick<Awaited<ReturnType<typeof world>>, 'perform'>): Promise<void> => {
    const other = '0190a7f0-2222-7abc-8def-000000000003';
    const dora = { userId: other, login: 'dora', name: 'Dora', role: 'guest', actor } as const;
    for (const one of [
      ana,
      createUser(dora),
      session,
      key,
      standUser(other, { do: 'lock-out', untilUs: nowUs + hour, failures: 20 }),
      changePassword(userId, { actor, nowUs: nowUs + 1, encrypted: { ...encrypted, bytes: Uint8Array.of(7) } }),
      changeUser(userId, { login: 'dana', permissions: ['read:*'], actor }),
      changeUser(other, { login: 'ana', actor }),
      // Given up again, and taken back: the last to give a login up counts, in whichever order the streams come.
      changeUser(other, { login: 'dora', actor }),
      changeUser(userId, { login: 'ana', actor }),
      changeUser(userId, { login: 'dana', actor }),
      standUser(other, { do: 'unlock', actor }),
      standUser(userId, { do: 'lock-out', untilUs: nowUs + 7, failures: 20 }),
      decideKey('k_1', { do: 'disable', actor }),
      decideKey('k_1', { do: 'use', count: 3, lastUsedUs: nowUs }),
      decideKey('k_1', { do: 'enable', actor }),
      endSession(tokenId, { reason: 'revoked', actor }),
      standUser(other, { do: 'disable', actor }),
      revokeKey('k_1', { actor }),
    ]) {
      assert.equal(await perform(one), 'recorded');
    }
  };

  it('are the same when they are made again from all decisions, the streams in any order', async (t) => {
    const there = await world(t);
    await everything(there);
    const before = await contents(there.pool);
    const byStream = Map.groupBy(await there.allEvents(), ({ source }) => source);
    for (const streams of [[...byStream.values()], [...byStream.values()].reverse()]) {
      await there.pool.query('update plenum_access.authorized_user set permissions = \'["*"]\', disabled = false');
      const [rebuilt] = await there.inTx((sql) => rebuildInline(sql, [authorizationTables], streams.flat()));
      assert.ok((rebuilt?.events ?? 0) > 15);
      assert.deepEqual(await contents(there.pool), before);
    }
  });

  it('stay as they are when events come again', async (t) => {
    const there = await world(t);
    await everything(there);
    const before = await contents(there.pool);
    const twice = [...(await there.allEvents()), ...(await there.allEvents())];
    await there.inTx((sql) => rebuildInline(sql, [authorizationTables], twice));
    assert.deepEqual(await contents(there.pool), before);
  });

  it('say of a user what their stream says', async (t) => {
    const there = await world(t);
    await everything(there);
    const { state, version } = await stateOf(there.store, user, `user-${userId}`);
    const row = await there.reads.login('dana');
    assert.deepEqual(row?.permissions, state?.fields.permissions);
    assert.equal(row?.locked_until_us, state?.lockedUntilUs);
    const [kept] = await query(
      there.pool,
      'select stream_version from plenum_access.authorized_user where login_hash = $1',
      [hashLogin('dana')],
    );
    assert.deepEqual(kept, { stream_version: version });
  });

  it('let go of sessions that have expired', async (t) => {
    const { perform, inTx, reads } = await world(t);
    await perform(ana);
    await perform(session);
    await inTx((sql) => purgeSessions(sql, nowUs + hour));
    assert.notEqual(await reads.session(tokenId), undefined);
    await inTx((sql) => purgeSessions(sql, nowUs + hour + 1));
    assert.equal(await reads.session(tokenId), undefined);
  });
});

describe('login attempts', () => {
  const at = (network: string, timeUs = nowUs): Attempted => ({ loginHash: hashLogin('ana'), network, timeUs });
  const allowed = (answers: readonly { readonly outcome: string }[]): number =>
    answers.filter(({ outcome }) => outcome === 'allowed').length;

  it('that come at once from one network are five', async (t) => {
    const { inTx } = await world(t);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => inTx((sql) => beginAttempt(sql, at('192.0.2.7')))),
    );
    assert.equal(allowed(answers), 5);
  });

  it('that come at once from everywhere are twenty, the last of which locks the login', async (t) => {
    const { inTx } = await world(t);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, host) => inTx((sql) => beginAttempt(sql, at(`192.0.2.${host}`)))),
    );
    assert.equal(allowed(answers), 20);
    const locking = answers.filter((answer) => answer.outcome === 'allowed' && answer.locksUntilUs !== undefined);
    assert.equal(locking.length, 1);
    const refused = await inTx((sql) => beginAttempt(sql, at('198.51.100.1', nowUs + second)));
    assert.deepEqual(refused, { outcome: 'refused', why: 'locked', retryAtUs: nowUs + 900 * second });
    assert.equal((await inTx((sql) => beginAttempt(sql, at('198.51.100.1', nowUs + 900 * second)))).outcome, 'allowed');
  });

  it('that were right leave nothing behind', async (t) => {
    const { inTx } = await world(t);
    for (let login = 0; login < 100; login += 1) {
      const attempted = at('192.0.2.7', nowUs + login);
      assert.equal((await inTx((sql) => beginAttempt(sql, attempted))).outcome, 'allowed');
      await inTx((sql) => endAttempt(sql, attempted));
    }
  });

  it('are forgotten when somebody unlocks the account, and of no other login', async (t) => {
    const { perform, inTx } = await world(t);
    await perform(ana);
    const other = { ...at('192.0.2.7'), loginHash: hashLogin('bo') };
    for (let failure = 0; failure < 5; failure += 1) {
      await inTx((sql) => beginAttempt(sql, at('192.0.2.7')));
      await inTx((sql) => beginAttempt(sql, other));
    }
    assert.equal((await inTx((sql) => beginAttempt(sql, at('192.0.2.7')))).outcome, 'refused');
    await perform(standUser(userId, { do: 'lock-out', untilUs: nowUs + hour, failures: 20 }));
    await perform(standUser(userId, { do: 'unlock', actor }));
    assert.equal((await inTx((sql) => beginAttempt(sql, at('192.0.2.7')))).outcome, 'allowed');
    assert.equal((await inTx((sql) => beginAttempt(sql, other))).outcome, 'refused');
  });

  it('are let go when they no longer count', async (t) => {
    const { pool, inTx } = await world(t);
    await inTx((sql) => beginAttempt(sql, at('192.0.2.7')));
    const count = async () => (await query(pool, 'select * from plenum_access.login_attempt')).length;
    await inTx((sql) => purgeAttempts(sql, nowUs + 900 * second));
    assert.equal(await count(), 2);
    await inTx((sql) => purgeAttempts(sql, nowUs + 900 * second + 1));
    assert.equal(await count(), 0);
  });
});
