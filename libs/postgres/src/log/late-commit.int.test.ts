/**
 * The reason for the head row's lock: an append whose transaction commits late is never passed over. With offsets from a
 * sequence the later append would commit first, a reader would go beyond it, and the earlier one would be lost to it.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { keyIn, startMember, textOf, textsOf } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { batchWriter } from './batch-writer.ts';
import { makeFlush } from './flush.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;
const partition = 1;
const other = 2;

const record = (at: number, text: string) => ({
  topic: topic.name,
  key: keyIn(topic, at),
  value: Buffer.from(text),
  headers: {},
  timestampMs: 0,
});

test('an append that commits late is waited for, and never skipped', { timeout: 120_000 }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const reader = await openTestLog(t, url);
  await log.append([record(partition, 'before')]);
  const member = startMember({ log: reader, topics: [topic], group: 'readers' });
  await member.until(() => textsOf(member, topic, partition).length === 1);

  // Another process's append, done but not committed.
  const late = await pool.connect();
  t.after(() => late.release());
  await late.query('begin');
  const { rows } = await pool.query<{ id: number }>('select id from plenum_log.log_topic where name = $1', [
    topic.name,
  ]);
  const known = { ...topic, id: rows[0]?.id ?? 0 };
  const flush = makeFlush([[{ record: record(partition, 'late'), topic: known, partition }]], batchWriter());
  const answer = await late.query<{ firsts: readonly string[] }>(
    'select plenum_log.append($1, 1, $2, $3, $4, $5, $6, $7)::text[] as firsts',
    [randomUUID(), flush.topics, flush.parts, flush.counts, flush.highMs, flush.bytes, flush.bodies],
  );
  const lateOffset = BigInt(answer.rows[0]?.firsts[0] ?? -1);

  let settled = false;
  const after = log.append([record(partition, 'after')]).then((ranges) => {
    settled = true;
    return ranges;
  });
  // The later append reached the database and waits there for the head row: this is what a sequence would not do.
  await waiting(pool, () => settled);
  assert.equal(settled, false);
  assert.equal((await reader.positions(topic.name))[partition]?.next, lateOffset);
  // Other partitions go on meanwhile.
  const third = await openTestLog(t, url);
  await third.append([record(other, 'elsewhere')]);
  await member.until(() => textsOf(member, topic, other).length === 1);
  assert.deepEqual(textsOf(member, topic, partition), ['before']);

  await late.query('commit');
  const [range] = await after;
  assert.equal(range?.firstOffset, lateOffset + 1n);
  await member.until(() => textsOf(member, topic, partition).length === 3);
  assert.deepEqual(textsOf(member, topic, partition), ['before', 'late', 'after']);
  await member.stop();
});

test('an append that is rolled back leaves no hole', { timeout: 120_000 }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  await log.append([record(partition, 'one')]);
  const client = await pool.connect();
  await client.query('begin');
  await client.query('update plenum_log.log_head set next_offset = next_offset + 10 where part = $1', [partition]);
  const two = log.append([record(partition, 'two')]);
  await waiting(pool, () => false);
  await client.query('rollback');
  client.release();
  const [range] = await two;
  assert.equal(range?.firstOffset, 1n);
  const found = [];
  for await (const batch of log.read({ topic: topic.name, partition, from: 0n, to: 10n })) found.push(...batch.records);
  assert.deepEqual(found.map(textOf), ['one', 'two']);
});

type Queries = { query(text: string): Promise<{ readonly rows: readonly unknown[] }> };

/** Settles when an append waits for somebody's lock, or when it did not have to. */
const waiting = async (pool: Queries, done: () => boolean): Promise<void> => {
  while (!done()) {
    const { rows } = await pool.query(
      `select from pg_stat_activity where datname = current_database()
          and wait_event_type = 'Lock' and query like '%plenum_log.append%' and pid <> pg_backend_pid()`,
    );
    if (rows.length > 0) return;
  }
};
