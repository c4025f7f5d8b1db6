/** What becomes of an append when its connection is lost: done once, or rejected with TransientFailure, and never done twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Logger, type NewRecord, TransientFailure } from '@plenum/runtime';
import { keyIn, keysOf, readAll, textOf } from '@plenum/runtime/testing';
import { silentLogger, testDatabase, testServer } from '../testing/index.ts';
import { cutProxy } from './testing/cut-proxy.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;

const record = (key: string, text: string): NewRecord => ({
  topic: topic.name,
  key,
  value: Buffer.from(text),
  headers: {},
  timestampMs: 0,
});

/** Calls back at every failed attempt. */
const onFailure = (failed: () => void): Logger => ({ ...silentLogger, warn: () => failed() });

test('an append whose answer was lost is answered again, and not done again', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  // The attempt after the lost answer goes through.
  const log = await openTestLog(t, proxy.url, { logger: onFailure(() => proxy.cut('never')) });
  const key = keyIn(topic, 0);
  await log.append([record(key, 'first')]);
  proxy.cut('at-answer');
  const [range] = await log.append([record(key, 'second'), record(key, 'third')]);
  assert.equal(proxy.answersLost(), 1);
  assert.deepEqual(range, { topic: topic.name, partition: 0, firstOffset: 1n, count: 2 });
  await log.append([record(key, 'fourth')]);
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), ['first', 'second', 'third', 'fourth']);
});

test('an append that cannot be done in time is rejected as a transient failure, and later ones are taken again', async (t) => {
  const { url } = await testDatabase(t);
  const proxy = await cutProxy(t, url);
  const log = await openTestLog(t, proxy.url, { retryMs: 300 });
  const key = keyIn(topic, 0);
  await log.append([record(key, 'before')]);
  proxy.cut('at-once');
  const lost = [record(key, 'lost 1'), record(key, 'lost 2')].map((one) => log.append([one]));
  assert.ok(log.queuedBytes() > 0);
  for (const append of lost) await assert.rejects(append, TransientFailure);
  assert.equal(log.queuedBytes(), 0);
  proxy.cut('never');
  await Promise.all(['after 1', 'after 2', 'after 3'].map((text) => log.append([record(key, text)])));
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), ['before', 'after 1', 'after 2', 'after 3']);
});

test('a full disk is a transient failure: nothing is acknowledged, order is kept, and it recovers by itself', async (t) => {
  const { url, pool } = await testDatabase(t);
  const refused = Promise.withResolvers<void>();
  const log = await openTestLog(t, url, { logger: onFailure(refused.resolve) });
  const key = keyIn(topic, 0);
  await pool.query(`
    create function no_space() returns trigger language plpgsql as $$
      begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$;
    create trigger no_space before insert on plenum_log.log_batch execute function no_space()`);
  let acknowledged = 0;
  const texts = ['one', 'two', 'three'];
  const appends = texts.map(async (text) => {
    await log.append([record(key, text)]);
    acknowledged += 1;
  });
  await refused.promise;
  assert.equal(acknowledged, 0);
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), []);
  await pool.query('drop trigger no_space on plenum_log.log_batch');
  await Promise.all(appends);
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), texts);
});

test('an attempt that was given up does not happen later', async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  const key = keyIn(topic, 0);
  await log.append([record(key, 'one')]);
  await log.append([record(key, 'two')]);
  // The first attempt, arriving late from a connection that was thought dead.
  await assert.rejects(
    pool.query(
      `select plenum_log.append(producer_id, 1, '{1}', '{0}', '{1}', '{0}', '{1}', '\\x00')
         from plenum_log.log_producer`,
    ),
    /given up/,
  );
  assert.deepEqual((await readAll(log, topic, 0)).map(textOf), ['one', 'two']);
});

test('the server is killed in the middle of appending: nothing acknowledged is lost, nothing is there twice', async (t) => {
  const server = await testServer(t);
  const log = await openTestLog(t, server.url, { retryMs: 30_000 });
  const keys = keysOf(topic);
  const acknowledged: string[] = [];
  const rounds = 400;
  const killAt = [60, 200];
  const write = async (writer: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const texts = keys.map((_, index) => `${writer}/${round}/${index}`);
      await log.append(keys.map((key, index) => record(key, texts[index] ?? '')));
      acknowledged.push(...texts);
      if (writer === 0 && killAt.includes(round)) process.kill(server.pid() ?? 0, 'SIGKILL');
    }
  };
  await Promise.all([0, 1, 2, 3].map(write));

  assert.equal(acknowledged.length, 4 * rounds * keys.length);
  for (const partition of keys.keys()) {
    const found = (await readAll(log, topic, partition)).map(textOf);
    assert.deepEqual([...found].sort(), acknowledged.filter((text) => text.endsWith(`/${partition}`)).sort());
    for (const writer of [0, 1, 2, 3]) {
      const own = found.filter((text) => text.startsWith(`${writer}/`));
      assert.deepEqual(
        own,
        Array.from({ length: rounds }, (_, round) => `${writer}/${round}/${partition}`),
      );
    }
  }
});
