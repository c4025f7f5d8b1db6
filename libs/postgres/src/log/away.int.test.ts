/** Readers and writers whose database goes away and comes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { keyIn, numbered, readAll, startMember, textOf, textsOf } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { silentLogger, testDatabase, testServer } from '../testing/index.ts';
import { partitionEnds } from './ends.ts';
import { openNotifications } from './notifications.ts';
import { cutProxy } from './testing/cut-proxy.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;
const key = keyIn(topic, 0);
const timeout = 120_000;

test('lost connections are made anew, and nothing is missed', { timeout }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const member = startMember({ log: await openTestLog(t, url), topics: [topic], group: 'readers' });
  await log.append(numbered(topic, key, 5));
  await member.until(() => textsOf(member, topic, 0).length === 5);
  const { rowCount } = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'log under test'`,
  );
  assert.ok((rowCount ?? 0) >= 3, 'there were connections to lose');
  await log.append(numbered(topic, key, 5, 5));
  await member.until(() => textsOf(member, topic, 0).length === 10);
  await member.stop();
  assert.deepEqual(textsOf(member, topic, 0), numbered(topic, key, 10).map(textOf));
});

/** An append of one more record of which nobody is notified. */
const appendInSilence = `
  insert into plenum_log.log_batch
    select last_offset + 1, time_high_ms, topic, part, record_count, body
      from plenum_log.log_batch;
  update plenum_log.log_head h set next_offset = next_offset + 1 where next_offset = 1`;

test('what comes without a notification is found by looking', { timeout }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const member = startMember({ log, topics: [topic], group: 'readers' });
  await log.append(numbered(topic, key, 1));
  await member.until(() => textsOf(member, topic, 0).length === 1);
  await pool.query(appendInSilence);
  await member.until(() => textsOf(member, topic, 0).length === 2);
  await member.stop();
});

test('what was missed while there was no connection is found as soon as there is another', { timeout }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  await log.append(numbered(topic, key, 1));
  const ends = partitionEnds();
  // The first look aside, none comes before this test has failed.
  const rare = (): number => 2 * timeout;
  const own = openPool({ url, applicationName: 'log under test', connectionsMax: 1 });
  const notifications = openNotifications({ pool: own, schema: 'plenum_log' }, ends, silentLogger, rare);
  const stop = new AbortController();
  t.after(async () => {
    stop.abort();
    await notifications.close();
    await own.end();
  });
  const { rows } = await pool.query<{ topic: number }>('select topic from plenum_log.log_batch');
  const id = rows[0]?.topic ?? 0;
  notifications.follow([id]);
  await ends.beyond(id, 0, 0n, stop.signal);
  await pool.query(`${appendInSilence};
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'log under test'`);
  await ends.beyond(id, 0, 1n, stop.signal);
});

test('a server that is killed is waited for by readers', { timeout }, async (t) => {
  const server = await testServer(t);
  const log = await openTestLog(t, server.url, { retryMs: 30_000 });
  const member = startMember({ log: await openTestLog(t, server.url), topics: [topic], group: 'readers' });
  await log.append(numbered(topic, key, 5));
  await member.until(() => textsOf(member, topic, 0).length === 5);
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await log.append(numbered(topic, key, 5, 5));
  await member.until(() => textsOf(member, topic, 0).length === 10);
  await member.stop();
  assert.deepEqual(textsOf(member, topic, 0), numbered(topic, key, 10).map(textOf));
});

test('a member that stops while the server is away settles', { timeout }, async (t) => {
  const server = await testServer(t);
  const log = await openTestLog(t, server.url);
  const member = startMember({ log, topics: [topic], group: 'readers' });
  await member.until(() => member.assigned.length === topic.partitions);
  await server.stop();
  await member.stop();
});

test('a range whose connection is cut is a transient failure, and can be read again', { timeout }, async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const log = await openTestLog(t, proxy.url);
  await log.append(numbered(topic, key, 5));
  const read = async (): Promise<readonly string[]> => {
    const texts: string[] = [];
    for await (const batch of log.read({ topic: topic.name, partition: 0, from: 0n, to: 5n })) {
      texts.push(...batch.records.map(textOf));
    }
    return texts;
  };
  assert.equal((await readAll(log, topic, 0)).length, 5);
  proxy.cut('at-answer');
  await assert.rejects(read(), TransientFailure);
  assert.ok(proxy.answersLost() > 0);
  proxy.cut('never');
  // Other connections of the pool may have been cut as well; each is noticed once.
  const found = await read().catch(read);
  assert.deepEqual(found, numbered(topic, key, 5).map(textOf));
});
