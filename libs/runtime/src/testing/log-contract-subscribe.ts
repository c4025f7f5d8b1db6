import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { TransientFailure } from '../errors.ts';
import {
  aRecord,
  checkBatch,
  checkpoints,
  keyIn,
  keysOf,
  numbered,
  startMember,
  textOf,
  textsOf,
  timeout,
} from './log-contract-kit.ts';
import type { OpenLog } from './opened-log.ts';

/** What `subscribe` promises. */
export const subscribeContract = (open: OpenLog): void => {
  describe('subscribe', { timeout }, () => {
    it('hands over every partition in order, what was there and what comes', async (t) => {
      const { log, another, topics } = await open(t);
      const send = (from: number) =>
        log.append(topics.flatMap((topic) => keysOf(topic).flatMap((key) => numbered(topic, key, 20, from))));
      await send(0);
      const member = startMember({ log: await another(), topics, group: randomUUID(), recordsMax: 7 });
      const count = (): number => member.batches.reduce((sum, batch) => sum + batch.records.length, 0);
      const each = topics.reduce((sum, topic) => sum + topic.partitions, 0) * 20;
      await member.until(() => count() >= each);
      await send(20);
      await member.until(() => count() >= 2 * each);
      await member.stop();

      for (const topic of topics) {
        for (const [partition, key] of keysOf(topic).entries()) {
          assert.deepEqual(textsOf(member, topic, partition), numbered(topic, key, 40).map(textOf));
        }
      }
      for (const batch of member.batches) {
        checkBatch(batch, batch.fetchedOffset);
        assert.ok(batch.records.length <= 7, 'no batch is larger than was asked for');
      }
    });

    it('begins each batch where the handler left off', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const key = keyIn(topic, 1);
      await log.append(numbered(topic, key, 50));
      const member = startMember({ log, topics: [topic], group: randomUUID(), recordsMax: 9 });
      await member.until(() => textsOf(member, topic, 1).length >= 50);
      await member.stop();
      let asked = member.batches[0]?.fetchedOffset ?? 0n;
      for (const batch of member.batches) {
        checkBatch(batch, asked);
        asked = batch.nextOffset;
      }
    });

    it('reads again from an earlier offset when the handler says so', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const key = keyIn(topic, 0);
      await log.append(numbered(topic, key, 10));
      let again = true;
      const member = startMember({
        log,
        topics: [topic],
        group: randomUUID(),
        recordsMax: 4,
        handle(batch) {
          if (!again || batch.records.every((record) => textOf(record) !== `${key} 5`)) return undefined;
          again = false;
          return batch.fetchedOffset;
        },
      });
      await member.until(() => textsOf(member, topic, 0).length >= 14);
      await member.stop();
      const expected = numbered(topic, key, 10).map(textOf);
      assert.deepEqual(textsOf(member, topic, 0), [...expected.slice(0, 8), ...expected.slice(4)]);
    });

    it('waits out a transient failure and reads again from the checkpoint', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const key = keyIn(topic, 3);
      await log.append(numbered(topic, key, 10));
      let failures = 3;
      const tried: string[] = [];
      const member = startMember({
        log,
        topics: [topic],
        group: randomUUID(),
        recordsMax: 5,
        handle(batch) {
          tried.push(textOf(batch.records[0] ?? aRecord(topic, 'none')));
          failures -= 1;
          if (failures >= 0) throw new TransientFailure('57P01', 'the database is away');
          return undefined;
        },
      });
      await member.until(() => textsOf(member, topic, 3).length >= 10);
      await member.stop();
      assert.deepEqual(
        tried,
        [0, 0, 0, 0, 5].map((index) => `${key} ${index}`),
      );
      assert.deepEqual(textsOf(member, topic, 3), numbered(topic, key, 10).map(textOf));
    });

    it('rejects with what the handler throws when it is not a transient failure, and lets others go on', async (t) => {
      const { log, another, topics } = await open(t);
      const [topic] = topics;
      await log.append(numbered(topic, keyIn(topic, 0), 5));
      const kept = checkpoints();
      const group = randomUUID();
      const bug = new Error('a bug');
      const failing = startMember({ log, topics: [topic], group, kept, handle: () => Promise.reject(bug) });
      await assert.rejects(failing.done, bug);
      const other = startMember({ log: await another(), topics: [topic], group, kept });
      await other.until(() => textsOf(other, topic, 0).length === 5);
      await other.stop();
    });

    it('finishes the batch in hand when it is stopped, and not one more', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      await log.append(numbered(topic, keyIn(topic, 0), 10));
      const begun = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      const member = startMember({
        log,
        topics: [topic],
        group: randomUUID(),
        recordsMax: 4,
        async handle() {
          begun.resolve();
          await finish.promise;
          return undefined;
        },
      });
      await begun.promise;
      let settled = false;
      const stopped = member.stop().finally(() => {
        settled = true;
      });
      // A turn of the log's own life: it had every chance to settle.
      await log.positions(topic.name);
      await log.append([aRecord(topic, keyIn(topic, 0))]);
      assert.equal(settled, false);
      finish.resolve();
      await stopped;
      assert.equal(member.batches.length, 1);
    });

    it('shares partitions between members, and gives them over when one stops', async (t) => {
      const { log, another, topics } = await open(t);
      const [topic] = topics;
      const kept = checkpoints();
      const group = randomUUID();
      const one = startMember({ log, topics: [topic], group, kept });
      await one.until(() => new Set(one.assigned).size === topic.partitions);
      const two = startMember({ log: await another(), topics: [topic], group, kept });
      await two.until(() => new Set(two.assigned).size >= Math.floor(topic.partitions / 2));

      const seen = (): number => [...one.batches, ...two.batches].reduce((sum, batch) => sum + batch.records.length, 0);
      await log.append(keysOf(topic).map((key) => aRecord(topic, key)));
      await Promise.race([one.until(() => seen() >= topic.partitions), two.until(() => seen() >= topic.partitions)]);
      assert.ok(one.batches.length > 0 && two.batches.length > 0, 'both took part');
      assert.equal(seen(), topic.partitions, 'nothing was handed over twice');

      await one.stop();
      await two.until(() => new Set(two.assigned).size === topic.partitions);
      await log.append(keysOf(topic).map((key) => aRecord(topic, key)));
      await two.until(() => seen() >= 2 * topic.partitions);
      await two.stop();
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        const count = textsOf(one, topic, partition).length + textsOf(two, topic, partition).length;
        assert.equal(count, 2, `partition ${partition} was handed over once`);
      }
    });

    it('serves every group on its own', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      await log.append(numbered(topic, keyIn(topic, 0), 5));
      const members = [randomUUID(), randomUUID()].map((group) => startMember({ log, topics: [topic], group }));
      for (const member of members) {
        await member.until(() => textsOf(member, topic, 0).length === 5);
        await member.stop();
      }
    });
  });
};
