/** How a group's members share partitions, seen from the leases. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { holdConnection } from './held-connection.ts';
import { joinGroup, type Lease, type Membership } from './membership.ts';
import { migrateLog } from './migrate-log.ts';
import { ensureTopics } from './topics.ts';

const topics = [
  { name: 'plenum.test.eight', partitions: 8 },
  { name: 'plenum.test.five', partitions: 5 },
] as const;

const openGroup = async (t: TestContext): Promise<{ join(): Membership; readonly pool: pg.Pool }> => {
  const { pool } = await testDatabase(t);
  const database = { pool, schema: 'plenum_log' } as const;
  await migrateLog(database);
  const topicIds = (await ensureTopics(database, topics)).map((topic) => topic.id);
  const connection = holdConnection(pool);
  t.after(() => connection.close());
  const group = { connection, schema: database.schema, group: 'g', topicIds, logger: silentLogger };
  return { pool, join: () => joinGroup(group) };
};

/** One heartbeat of a member that gives back what is surplus at once. */
const beat = async (member: Membership): Promise<readonly Lease[]> => {
  const leases = (await member.tick())?.leases ?? [];
  for (const lease of leases) if (lease.surplus) await member.release(lease);
  return leases.filter((lease) => !lease.surplus);
};

/** Beats of everybody until nothing moves any more. */
const settle = async (members: readonly Membership[]): Promise<readonly (readonly Lease[])[]> => {
  let held: readonly (readonly Lease[])[] = [];
  for (let round = 0; round < 3; round += 1) {
    const now: (readonly Lease[])[] = [];
    for (const member of members) now.push(await beat(member));
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

test('a member that leaves is replaced at once, one that is silent when its time is up', async (t) => {
  const { join, pool } = await openGroup(t);
  const [one, two, three] = [join(), join(), join()];
  await settle([one, two, three]);
  await two.leave();
  assert.equal(new Set(partitionsHeld(await settle([one, three]))).size, 13);

  const before = await beat(one);
  await pool.query('update plenum_log.log_member set expires_at = clock_timestamp() where expires_at is not null');
  await pool.query('update plenum_log.log_lease set expires_at = clock_timestamp() where member is not null');
  const after = await beat(three);
  assert.equal(after.length, 13, 'everything that had expired is taken');
  // Awake again, and given its share anew: what it held before is not what it holds now.
  const [again] = await settle([one, three]);
  for (const lease of again ?? []) {
    const old = before.find((was) => was.topicId === lease.topicId && was.partition === lease.partition);
    assert.ok(old === undefined || lease.epoch > old.epoch);
  }
});

test('a retired member keeps what it has in hand, and takes nothing more', async (t) => {
  const { join } = await openGroup(t);
  const [one, two] = [join(), join()];
  await beat(one);
  await one.retire();
  assert.equal((await one.tick())?.leases.length, 13);
  assert.equal((await beat(two)).length, 0);
  const [first] = (await one.tick())?.leases ?? [];
  assert.ok(first);
  await one.release(first);
  assert.equal((await one.tick())?.leases.length, 12);
  assert.deepEqual(partitionsHeld([await beat(two)]), [`${first.topicId}/${first.partition}`]);
});

/** How many partitions a topic has, by what is held of it in all. */
const topicSize = (held: readonly (readonly Lease[])[], topicId: number): number =>
  held.flat().filter((lease) => lease.topicId === topicId).length;
