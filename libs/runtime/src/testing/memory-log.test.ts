import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { TransientFailure } from '../errors.ts';
import { logContract } from './log-contract.ts';
import { aRecord, checkpoints, keyIn, numbered, readAll, startMember, textsOf } from './log-contract-kit.ts';
import { memoryLog } from './memory-log.ts';

const topics = [
  { name: 'plenum.contract.one', partitions: 4 },
  { name: 'plenum.contract.two', partitions: 6 },
] as const;
const [topic] = topics;

logContract('memory', async (t) => {
  const log = memoryLog(topics);
  t.after(() => log.close());
  return {
    log,
    topics,
    // There is one process: another one's view is the same log, but for what closing does to it.
    another: async () => {
      let closed = false;
      return {
        ...log,
        append: (records) => (closed ? Promise.reject(new Error('the log is closed')) : log.append(records)),
        close: async () => {
          closed = true;
        },
      };
    },
    truncate: async (name, partition, first) => log.truncate(name, partition, first),
  };
});

test('an append is refused, or stored with its answer lost, as the code that holds the log decides', async () => {
  const outcomes = ['refused', 'answer-lost', 'stored'] as const;
  let call = 0;
  const log = memoryLog(topics, { onAppend: () => outcomes[call++] ?? 'stored' });
  await assert.rejects(log.append([aRecord(topic, 'k')]), TransientFailure);
  assert.equal((await log.positionsAt(topic.name, 0)).length, topic.partitions);
  await assert.rejects(log.append([aRecord(topic, keyIn(topic, 0))]), TransientFailure);
  assert.equal((await readAll(log, topic, 0)).length, 1);
  await log.append([aRecord(topic, keyIn(topic, 0))]);
  assert.equal((await readAll(log, topic, 0)).length, 2);
});

test('moved partitions are read by the new holder while the old one still has its batch', async () => {
  const log = memoryLog(topics);
  const kept = checkpoints();
  const group = randomUUID();
  const key = keyIn(topic, 0);
  await log.append(numbered(topic, key, 3));
  const begun = Promise.withResolvers<void>();
  const wake = Promise.withResolvers<void>();
  const frozen = startMember({
    log,
    topics: [topic],
    group,
    kept,
    async handle() {
      begun.resolve();
      await wake.promise;
      return undefined;
    },
  });
  await begun.promise;
  const other = startMember({ log, topics: [topic], group, kept });
  log.movePartitions(group);
  await other.until(() => textsOf(other, topic, 0).length === 3);
  assert.equal(frozen.batches.length, 0);
  wake.resolve();
  await frozen.until(() => frozen.batches.length === 1);
  assert.deepEqual(textsOf(frozen, topic, 0), textsOf(other, topic, 0));
  await Promise.all([frozen.stop(), other.stop()]);
});
