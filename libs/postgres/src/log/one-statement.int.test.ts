/** That an append costs its readers one statement, however many partitions it went to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keysOf, numbered, startMember, textOf, textsOf } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestLog } from './testing/test-log.ts';

const topic = { name: 'plenum.contract.eight', partitions: 8 } as const;
const timeout = 120_000;

test('an append over eight partitions is fetched by one statement and handed over in one turn', {
  timeout,
}, async (t) => {
  const { url } = await testDatabase(t);
  const log = await openTestLog(t, url, { topics: [topic] });
  const reader = await openTestLog(t, url, { topics: [topic] });
  /** Partitions of which batches were handed over, by turns. */
  const turns: number[][] = [];
  let turn: number[] | undefined;
  const member = startMember({
    log: reader,
    topics: [topic],
    group: 'readers',
    handle: ({ partition }) => {
      if (turn === undefined) {
        turns.push((turn = []));
        setImmediate(() => {
          turn = undefined;
        });
      }
      turn.push(partition);
      return undefined;
    },
  });
  const handed = (): number => member.batches.length;
  const append = () => log.append(keysOf(topic).flatMap((key) => numbered(topic, key, 1)));
  await append();
  await member.until(() => handed() === topic.partitions);
  await nextTurn();

  let statements = 0;
  reader.pool.on('acquire', () => {
    statements += 1;
  });
  /** What each append cost: statements, and the partitions of each turn. */
  const costs: { readonly statements: number; readonly turns: readonly (readonly number[])[] }[] = [];
  for (let round = 2; round <= 6; round += 1) {
    statements = 0;
    turns.length = 0;
    await append();
    await member.until(() => handed() === round * topic.partitions);
    await nextTurn();
    costs.push({ statements, turns: turns.map((partitions) => partitions.sort((one, other) => one - other)) });
  }
  await member.stop();
  // One of them may meet a connection that is taken anew, on a machine that stands still for seconds.
  const once = costs.filter((cost) => cost.statements === 1);
  assert.ok(once.length >= 4, JSON.stringify(costs));
  for (const { turns: handedOver } of once) assert.deepEqual(handedOver, [[...keysOf(topic).keys()]]);
});

test('no partition starves where more is waiting than one statement brings', { timeout }, async (t) => {
  const { url } = await testDatabase(t);
  const log = await openTestLog(t, url, { topics: [topic] });
  const value = new Uint8Array(700_000);
  // Rows of their own, and two of them already more than a statement brings.
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      keysOf(topic).map((key) => log.append(numbered(topic, key, 1).map((record) => ({ ...record, value })))),
    );
  }
  await log.append(keysOf(topic).flatMap((key) => numbered(topic, key, 1)));
  const member = startMember({ log, topics: [topic], group: 'readers' });
  const recordsOf = (partition: number): readonly string[] => textsOf(member, topic, partition);
  await member.until(() => keysOf(topic).every((_, partition) => recordsOf(partition).length === 4));
  await member.stop();
  for (const [partition, key] of keysOf(topic).entries()) {
    assert.deepEqual(recordsOf(partition).slice(3), numbered(topic, key, 1).map(textOf));
  }
});
