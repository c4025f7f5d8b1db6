/** That a process is woken by what it follows, and by nothing else. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keyIn, numbered } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { silentLogger, testDatabase } from '../testing/index.ts';
import { partitionEnds } from './ends.ts';
import { openNotifications } from './notifications.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [one, two] = testTopics;
const timeout = 60_000;
/** The first look aside, none comes before a test has failed. */
const rare = (): number => 2 * timeout;

/** What a process of its own hears of the log at this URL. */
const openEars = async (t: TestContext, url: string) => {
  const log = await openTestLog(t, url);
  const ids = new Map<string, number>();
  const { rows } = await log.pool.query<{ id: number; name: string }>('select id, name from plenum_log.log_topic');
  for (const { id, name } of rows) ids.set(name, id);
  const idOf = ({ name }: { readonly name: string }): number => ids.get(name) ?? 0;

  const pool = openPool({ url, applicationName: 'ears under test', connectionsMax: 1 });
  const heard: string[] = [];
  pool.on('connect', (client) => client.on('notification', ({ channel }) => heard.push(channel)));
  const ends = partitionEnds();
  const notifications = openNotifications({ pool, schema: 'plenum_log' }, ends, silentLogger, rare);
  const stop = new AbortController();
  t.after(async () => {
    stop.abort();
    await notifications.close();
    await pool.end();
  });
  const beyond = (topic: { readonly name: string }, offset: bigint) => ends.beyond(idOf(topic), 0, offset, stop.signal);
  return { log, idOf, heard, notifications, beyond };
};

test('an append is heard of by those who follow its topic, and by no others', { timeout }, async (t) => {
  const { url } = await testDatabase(t);
  const { log, idOf, heard, notifications, beyond } = await openEars(t, url);
  await log.append(numbered(one, keyIn(one, 0), 1));
  notifications.follow([idOf(one)]);
  await beyond(one, 0n);
  await log.append(numbered(two, keyIn(two, 0), 1));
  await log.append(numbered(one, keyIn(one, 0), 1));
  // In the order of their commits: the other one would have been heard by now.
  await beyond(one, 1n);
  assert.deepEqual(heard, [`plenum_log_${idOf(one)}`]);
});

test('a topic that is followed later is looked at once, and heard of from then on', { timeout }, async (t) => {
  const { url } = await testDatabase(t);
  const { log, idOf, heard, notifications, beyond } = await openEars(t, url);
  await log.append([...numbered(one, keyIn(one, 0), 1), ...numbered(two, keyIn(two, 0), 1)]);
  notifications.follow([idOf(one)]);
  await beyond(one, 0n);
  notifications.follow([idOf(one), idOf(two)]);
  await beyond(two, 0n);
  await log.append([...numbered(one, keyIn(one, 0), 1), ...numbered(two, keyIn(two, 0), 1)]);
  await Promise.all([beyond(one, 1n), beyond(two, 1n)]);
  assert.deepEqual(heard.sort(), [one, two].map((topic) => `plenum_log_${idOf(topic)}`).sort());
});
