/**
 * A process that is frozen (SIGSTOP, a machine under a debugger, a very long pause) loses its partitions to the others,
 * and when it wakes it notices by itself. There is no fence in this test, so a record handed over twice is seen.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { assignedTo, handledBy, startMemberProcess } from './testing/started-member.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;
const partitions = keysOf(topic).map((_, partition) => partition);

test('a frozen member loses its partitions, and does not go on when it wakes', { timeout: 120_000 }, async (t) => {
  const { url, pool } = await testDatabase(t);
  const log = await openTestLog(t, url);
  await pool.query('create table checkpoint as select part, 0::bigint as next from generate_series(0, 3) part');
  let round = 0;
  const appendRound = async (): Promise<readonly string[]> => {
    round += 1;
    const texts = partitions.map((partition) => `${partition}:${round}`);
    await log.append(
      keysOf(topic).map((key, partition) => ({
        topic: topic.name,
        key,
        value: Buffer.from(texts[partition] ?? ''),
        headers: {},
        timestampMs: 0,
      })),
    );
    return texts;
  };

  const frozen = startMemberProcess(t, url, 'frozen');
  await frozen.until(() => assignedTo(frozen.lines).size === 4);
  const steady = startMemberProcess(t, url, 'frozen');
  await steady.until(() => assignedTo(steady.lines).size === 2);
  const first = await appendRound();
  await frozen.until(() => handledBy(frozen).length === 2);
  await steady.until(() => handledBy(steady).length === 2);
  assert.deepEqual([...handledBy(frozen, steady)].sort(), first);

  frozen.child.kill('SIGSTOP');
  const second = await appendRound();
  const told = frozen.lines.length;
  await steady.until(() => second.every((text) => handledBy(steady).includes(text)));
  const third = await appendRound();
  await steady.until(() => third.every((text) => handledBy(steady).includes(text)));

  // Awake, it finds the notifications of both rounds waiting for it; it has to get its share back by joining again.
  frozen.child.kill('SIGCONT');
  await frozen.until(() => assignedTo(frozen.lines.slice(told)).size === 2);
  const fourth = await appendRound();
  const all = (): readonly string[] => handledBy(frozen, steady);
  await Promise.all([
    frozen.until(() => fourth.filter((text) => handledBy(frozen).includes(text)).length === 2),
    steady.until(() => fourth.filter((text) => handledBy(steady).includes(text)).length === 2),
  ]);
  assert.deepEqual([...all()].sort(), [...first, ...second, ...third, ...fourth].sort(), 'nothing twice, nothing lost');
  const regained = new Set<number>();
  for (const line of frozen.lines.slice(told)) {
    if (line.what === 'assigned') regained.add(line.partition);
    else assert.ok(regained.has(line.partition), 'a batch only after the partition was given anew');
  }
});
