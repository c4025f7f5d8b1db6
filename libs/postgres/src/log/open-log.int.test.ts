import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyIn, readAll, startMember, textOf, textsOf } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;

test('several processes may open a new log at once', async (t) => {
  const { url, pool } = await testDatabase(t);
  const logs = await Promise.all([1, 2, 3, 4].map(() => openTestLog(t, url)));
  for (const log of logs) assert.equal((await log.positions(topic.name)).length, topic.partitions);
  const { rows } = await pool.query('select count(*)::int as topics from plenum_log.log_topic');
  assert.deepEqual(rows, [{ topics: testTopics.length }]);
});

test('a topic whose number of partitions differs is refused by name', async (t) => {
  const { url } = await testDatabase(t);
  await openTestLog(t, url);
  const topics = [{ name: topic.name, partitions: topic.partitions + 1 }];
  await assert.rejects(openTestLog(t, url, { topics }), new RegExp(`${topic.name} has 4 partitions.*but 5`));
});

test('a log written by a newer program is refused', async (t) => {
  const { url, pool } = await testDatabase(t);
  await openTestLog(t, url);
  await pool.query('insert into plenum_log.schema_version (version) values (99)');
  await assert.rejects(openTestLog(t, url), /version 99/);
});

test('two logs in one database have nothing to do with each other', async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const store = await openTestLog(t, url, { schema: 'plenum_store' });
  const record = (text: string) => ({
    ...{ topic: topic.name, key: keyIn(topic, 0), value: Buffer.from(text) },
    ...{ headers: {}, timestampMs: 0 },
  });
  await Promise.all([log.append([record('one'), record('two')]), store.append([record('three')])]);
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), ['one', 'two']);
  assert.deepEqual((await readAll(store, topic, 0)).map(textOf), ['three']);
  // Nor do they hear or wait for each other, though topics, partitions and groups have the same names.
  const heard = await Promise.all(
    [log, store].map(async (one) => {
      const member = startMember({ log: one, topics: [topic], group: 'same' });
      await member.until(() => textsOf(member, topic, 0).length > 0);
      await member.stop();
      return textsOf(member, topic, 0);
    }),
  );
  assert.deepEqual(heard, [['one', 'two'], ['three']]);
  const { rows } = await pool.query(
    "select table_schema as schema, count(*)::int as tables from information_schema.tables where table_schema like 'plenum%' group by 1 order by 1",
  );
  assert.equal(rows[0]?.tables, rows[1]?.tables);
});

test('autovacuum comes seldom to what an append or a heartbeat changes', async (t) => {
  const { url, pool } = await testDatabase(t);
  await openTestLog(t, url);
  const { rows } = await pool.query<{ name: string; options: readonly string[] }>(
    `select c.relname as name, c.reloptions || coalesce(beside.reloptions, '{}') as options
       from pg_class c left join pg_class beside on beside.oid = c.reltoastrelid
      where c.relnamespace = 'plenum_log'::regnamespace
        and c.relname in ('log_head', 'log_batch', 'log_producer', 'log_session')`,
  );
  const changed = [
    'autovacuum_analyze_threshold=1000000',
    'autovacuum_vacuum_scale_factor=0',
    'autovacuum_vacuum_threshold=1000',
  ];
  const added = 'autovacuum_vacuum_insert_threshold=50000';
  assert.deepEqual(Object.fromEntries(rows.map(({ name, options }) => [name, options.toSorted()])), {
    log_head: [...changed, 'fillfactor=10'],
    log_producer: [...changed, 'fillfactor=50'],
    log_session: [...changed, 'fillfactor=50'],
    // The second of them is where bodies are kept.
    log_batch: ['autovacuum_analyze_threshold=50000', added, added],
  });
});

test('people can see what is where', async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const at = (seconds: number) => Date.parse('2026-05-01T12:00:00Z') + seconds * 1000;
  const record = (seconds: number) => ({
    topic: topic.name,
    key: keyIn(topic, 3),
    value: Buffer.from('v'),
    headers: {},
    timestampMs: at(seconds),
  });
  await log.append([record(0)]);
  await log.append([record(1), record(3), record(2)]);
  const { rows } = await pool.query(
    `select topic, partition, first_offset::int, last_offset::int, records, greatest_time
       from plenum_log.batches order by last_offset`,
  );
  const place = { topic: topic.name, partition: 3 };
  assert.deepEqual(rows, [
    { ...place, first_offset: 0, last_offset: 0, records: 1, greatest_time: new Date(at(0)) },
    { ...place, first_offset: 1, last_offset: 3, records: 3, greatest_time: new Date(at(3)) },
  ]);
});
