/** How a group's members share partitions, seen from the leases. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { holdConnection } from './held-connection.ts';
import { joinGroup, type Lease, type Membership } from './membership.ts';
import { migrateLog } from './migrate-log.ts';
import { beat, openSession, type SessionConnection } from './session.ts';
import { ensureTopics } from './topics.ts';

const topics = [
  { name: 'plenum.test.eight', partitions: 8 },
  { name: 'plenum.test.five', partitions: 5 },
] as const;

type Joined = Membership & { readonly connection: SessionConnection };

/** Each member as if in a process of its own, with its own session. */
const openGroup = async (t: TestContext): Promise<{ join(): Joined; readonly pool: pg.Pool }> => {
  const { pool } = await testDatabase(t, { connectionsMax: 8 });
  const database = { pool, schema: 'plenum_log' } as const;
  await migrateLog(database);
  const topicIds = (await ensureTopics(database, topics)).map((topic) => topic.id);
  const join = (): Joined => {
    const connection = holdConnection(pool, (client, lost) => openSession(client, database.schema, lost));
    t.after(() => connection.close());
    const group = { connection, schema: database.schema, group: 'g', topicIds, logger: silentLogger };
    return { ...joinGroup(group), connection };
  };
  return { pool, join };
};

/** One tick of a member that gives back what is surplus at once. */
const tick = async (member: Membership): Promise<readonly Lease[]> => {
  const leases = (await member.tick())?.leases ?? [];
  for (const lease of leases) if (lease.surplus) await member.release(lease);
  return leases.filter((lease) => !lease.surplus);
};

/** Ticks of everybody until nothing moves any more. */
const settle = async (members: readonly Membership[]): Promise<readonly (readonly Lease[])[]> => {
  let held: readonly (readonly Lease[])[] = [];
  for (let round = 0; round < 3; round += 1) {
    const now: (readonly Lease[])[] = [];
    for (const member of members) now.push(await tick(member));
    held = now;
  }
  return held;
};

const partitionsHeld = (held: readonly (readonly Lease[])[]): readonly string[] =>
  held.flatMap((leases) => leases.map((lease) => `${lease.topicId}/${lease.partition}`)).sort();

test('every partition has one holder, and shares differ by one at most', async (t) => {
  const { join } = await openGroup(t);
  const members: Membership[] = [];
  for (const count of [1, 2, 3, 4]) {
    members.push(join());
    const held = await settle(members);
    const all = partitionsHeld(held);
    assert.equal(all.length, 13, `${count} members hold everything`);
    assert.equal(new Set(all).size, 13, 'nothing is held twice');
    for (const { partitions } of topics) {
      const shares = held.map(
        (leases) => leases.filter((lease) => topicSize(held, lease.topicId) === partitions).length,
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, `${partitions} partitions as ${shares.join()}`);
    }
  }
});

/** What sessions hold is theirs for an hour more, by the database's clock. */
const prolong = "update plenum_log.log_session set expires_at = clock_timestamp() + interval '1 hour'";

test('a member that leaves is replaced at once, one that is silent when its time is up', async (t) => {
  const { join, pool } = await openGroup(t);
  const [one, two, three] = [join(), join(), join()];
  await settle([one, two, three]);
  await two.leave();
  assert.equal(new Set(partitionsHeld(await settle([one, three]))).size, 13);

  const before = await one.tick();
  await pool.query('update plenum_log.log_session set expires_at = clock_timestamp() where id = $1', [
    before?.session.id,
  ]);
  assert.deepEqual((await one.tick())?.leases, [], 'who is too late takes nothing, and hears so');
  assert.equal((await tick(three)).length, 13, 'everything that had expired is taken');
  // Awake again, its heartbeat is refused, and it is given its share anew: what it held before is not what it holds now.
  await beat({ connection: one.connection, schema: 'plenum_log' });
  assert.equal(before?.session.over.aborted, true);
  const [again] = await settle([one, three]);
  assert.ok((again?.length ?? 0) >= 6);
  for (const lease of again ?? []) {
    const old: Lease | undefined = before?.leases.find(
      (was) => was.topicId === lease.topicId && was.partition === lease.partition,
    );
    assert.ok(old === undefined || lease.epoch > old.epoch);
  }
});

test('what a member held whose connection ended is free long before its time is up', async (t) => {
  const { join, pool } = await openGroup(t);
  const [one, two] = [join(), join()];
  await settle([one, two]);
  await pool.query(prolong);
  const held = await one.tick();
  one.connection.drop();
  assert.equal(held?.session.isCertain(), false, 'who knows that its connection is gone is sure of nothing');
  await untilEnded(pool, 1);
  assert.equal((await tick(two)).length, 13);
  const { rows } = await pool.query(
    "select from plenum_log.log_session where expires_at < now() + interval '1 minute'",
  );
  assert.equal(rows.length, 0, 'no session that is left has expired or was renewed meanwhile');
});

test('a heartbeat of any session frees what another one left behind, of all groups', async (t) => {
  const { join, pool } = await openGroup(t);
  const [one, two] = [join(), join()];
  await tick(one);
  await two.tick();
  await pool.query(prolong);
  one.connection.drop();
  await untilEnded(pool, 1);
  await beat({ connection: two.connection, schema: 'plenum_log' });
  const { rows } = await pool.query('select from plenum_log.log_lease where member is not null');
  assert.equal(rows.length, 0);
});

test('a member whose connection was cut goes on in a new session, with what nobody took meanwhile', async (t) => {
  const { join, pool } = await openGroup(t);
  const one = join();
  const before = await one.tick();
  const lost = new Promise<void>((resolve) =>
    before?.session.over.addEventListener('abort', () => resolve(), { once: true }),
  );
  await pool.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${before?.session.id}::oid`,
  );
  await lost;
  assert.equal(before?.session.isCertain(), false);
  const after = await one.tick();
  assert.equal(after?.leases.length, 13);
  assert.notEqual(after?.session.id, before?.session.id);
  assert.equal(after?.session.isCertain(), true);
});

test('a retired member keeps what it has in hand, and takes nothing more', async (t) => {
  const { join } = await openGroup(t);
  const [one, two] = [join(), join()];
  await tick(one);
  await one.retire();
  assert.equal((await one.tick())?.leases.length, 13);
  assert.equal((await tick(two)).length, 0);
  const [first] = (await one.tick())?.leases ?? [];
  assert.ok(first);
  await one.release(first);
  assert.equal((await one.tick())?.leases.length, 12);
  assert.deepEqual(partitionsHeld([await tick(two)]), [`${first.topicId}/${first.partition}`]);
});

/** How many partitions a topic has, by what is held of it in all. */
const topicSize = (held: readonly (readonly Lease[])[], topicId: number): number =>
  held.flat().filter((lease) => lease.topicId === topicId).length;

/** Settles when so many sessions have lost their connection: the server closes a connection in its own time. */
const untilEnded = async (pool: pg.Pool, count: number): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query('select pg_sleep(0.005) from plenum_log.log_session_disconnected');
    if (rows.length >= count) return;
  }
};
