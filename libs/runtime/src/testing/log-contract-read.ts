import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partitionOf } from '@plenum/event';
import { LogTruncated } from '../errors.ts';
import {
  aRecord,
  checkBatch,
  keyIn,
  numbered,
  readAll,
  readBatches,
  startMember,
  textOf,
  timeout,
} from './log-contract-kit.ts';
import type { OpenLog } from './opened-log.ts';

/** What `read`, `positions` and `positionsAt` promise. */
export const readContract = (open: OpenLog): void => {
  describe('read', { timeout }, () => {
    it('gives exactly the range asked for, wherever it cuts', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const partition = partitionOf('k', topic.partitions);
      await log.append(numbered(topic, 'k', 40));
      await log.append(numbered(topic, 'k', 40, 40));
      const all = await readAll(log, topic, partition);
      assert.deepEqual(all.map(textOf), numbered(topic, 'k', 80).map(textOf));

      for (const [start, end] of [
        [0, 80],
        [0, 1],
        [7, 33],
        [39, 41],
        [40, 80],
        [79, 80],
        [12, 12],
      ] as const) {
        const from = all[start]?.offset ?? 0n;
        const to = all[end]?.offset ?? (all.at(-1)?.offset ?? 0n) + 1n;
        const batches = await readBatches(log, { topic: topic.name, partition, from, to });
        let asked = from;
        for (const batch of batches) {
          checkBatch(batch, asked);
          assert.equal(batch.topic, topic.name);
          assert.equal(batch.partition, partition);
          asked = batch.nextOffset;
        }
        const found = batches.flatMap((batch) => batch.records.map((record) => record.offset));
        assert.deepEqual(
          found,
          all.slice(start, end).map((record) => record.offset),
          `${start} to ${end}`,
        );
      }
    });

    it('ends where the log ends, even if more was asked for', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const partition = partitionOf('k', topic.partitions);
      const { next = 0n } = (await log.positions(topic.name))[partition] ?? {};
      assert.deepEqual(await readBatches(log, { topic: topic.name, partition, from: next, to: next + 10n }), []);
      await log.append(numbered(topic, 'k', 3));
      const batches = await readBatches(log, { topic: topic.name, partition, from: next, to: next + 1_000n });
      assert.equal(batches.flatMap((batch) => batch.records).length, 3);
    });

    it('hands over a large range in bounded batches', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const partition = partitionOf('k', topic.partitions);
      await log.append(numbered(topic, 'k', 25_000));
      const ends = (await log.positions(topic.name))[partition];
      assert.ok(ends);
      const batches = await readBatches(log, { topic: topic.name, partition, from: ends.first, to: ends.next });
      assert.deepEqual(
        batches.flatMap((batch) => batch.records.map(textOf)),
        numbered(topic, 'k', 25_000).map(textOf),
      );
      assert.ok(batches.every((batch) => batch.records.length <= 10_000));
    });

    it('says so when what is asked for is gone', async (t) => {
      const { log, topics, truncate } = await open(t);
      if (truncate === undefined) {
        t.skip('this log cannot be truncated from a test');
        return;
      }
      const [topic] = topics;
      const partition = partitionOf('k', topic.partitions);
      await log.append(numbered(topic, 'k', 10));
      const all = await readAll(log, topic, partition);
      const [from, kept] = [all[0]?.offset ?? 0n, all[6]?.offset ?? 0n];
      await truncate(topic.name, partition, kept);
      assert.equal((await log.positions(topic.name))[partition]?.first, kept);
      await assert.rejects(readBatches(log, { topic: topic.name, partition, from, to: kept + 1n }), LogTruncated);
      assert.deepEqual((await readAll(log, topic, partition)).map(textOf), numbered(topic, 'k', 4, 6).map(textOf));

      const member = startMember({
        log,
        topics: [topic],
        group: 'late',
        kept: { get: () => from, set: () => undefined },
      });
      await assert.rejects(member.done, LogTruncated);
    });
  });

  describe('positions', { timeout }, () => {
    it('names every partition in order, and moves with every append', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const before = await log.positions(topic.name);
      assert.deepEqual(
        before.map((ends) => ends.partition),
        Array.from({ length: topic.partitions }, (_, index) => index),
      );
      for (const ends of before) assert.equal(ends.first, ends.next, 'an empty partition begins where it ends');

      const [range] = await log.append(numbered(topic, keyIn(topic, 2), 5));
      const after = await log.positions(topic.name);
      for (const [partition, ends] of after.entries()) {
        if (partition === 2) assert.ok(range && ends.next >= range.firstOffset + 5n);
        else assert.deepEqual(ends, before[partition]);
      }
    });

    it('finds the first record of a time or later, though times are not quite in order', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const partition = partitionOf('k', topic.partitions);
      const timesMs = [1_000, 2_000, 1_500, 3_000, 2_999, 5_000].map((ms) => 1_750_000_000_000 + ms);
      for (const timestampMs of timesMs) await log.append([aRecord(topic, 'k', { timestampMs })]);
      const all = await readAll(log, topic, partition);
      const ends = (await log.positions(topic.name))[partition];
      assert.ok(ends);

      for (const ms of [0, 1_000, 1_001, 1_600, 2_000, 2_001, 3_000, 3_001, 5_000, 5_001]) {
        const timeMs = 1_750_000_000_000 + ms;
        const expected: bigint = all.find((record) => record.timestampMs >= timeMs)?.offset ?? ends.next;
        const found = await log.positionsAt(topic.name, timeMs);
        assert.equal(found.length, topic.partitions);
        assert.equal(found[partition], expected, `${ms} ms`);
      }
    });
  });
};
