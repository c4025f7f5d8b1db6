import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partitionOf } from '@plenum/event';
import type { NewRecord } from '../log.ts';
import { aRecord, keysOf, numbered, readAll, readBatches, textOf, timeout } from './log-contract-kit.ts';
import type { OpenLog } from './opened-log.ts';

/** What `append` promises. */
export const appendContract = (open: OpenLog): void => {
  describe('append', { timeout }, () => {
    it('says where the records are, and there they are for every process', async (t) => {
      const { log, another, topics } = await open(t);
      const [topic, other] = topics;
      const records = [topic, other].flatMap((one) => keysOf(one).flatMap((key) => numbered(one, key, 3)));
      const ranges = await log.append(records);
      assert.equal(sum(ranges.map((range) => range.count)), records.length);

      const reader = await another();
      for (const { topic: name, partition, firstOffset, count } of ranges) {
        const to = (await reader.positions(name))[partition]?.next ?? 0n;
        const batches = await readBatches(reader, { topic: name, partition, from: firstOffset, to });
        const found = batches.flatMap((batch) => batch.records);
        const { partitions } = name === topic.name ? topic : other;
        const expected = records.filter(
          (record) => record.topic === name && partitionOf(record.key, partitions) === partition,
        );
        assert.equal(found[0]?.offset, firstOffset);
        assert.deepEqual(found.map(textOf), expected.map(textOf).slice(0, count));
      }
    });

    it('puts a record into the partition of its key', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const keys = Array.from({ length: 50 }, (_, index) => `ceiling_node_${index}`);
      await log.append(keys.map((key) => aRecord(topic, key)));
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        const found = (await readAll(log, topic, partition)).map((record) => record.key);
        assert.deepEqual(
          found,
          keys.filter((key) => partitionOf(key, topic.partitions) === partition),
        );
      }
    });

    it('keeps the order of calls that did not wait for each other', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const records = numbered(topic, 'k', 300);
      await Promise.all(records.map((record) => log.append([record])));
      const found = await readAll(log, topic, partitionOf('k', topic.partitions));
      assert.deepEqual(found.map(textOf), records.map(textOf));
    });

    it('keeps every writer’s order, and everything once, when several write at a time', async (t) => {
      const { log, another, topics } = await open(t);
      const [topic] = topics;
      const writers = [log, await another(), await another()];
      const partition = partitionOf('k', topic.partitions);
      await Promise.all(
        writers.flatMap((writer, index) =>
          numbered(topic, 'k', 100).map((record) => writer.append([{ ...record, headers: { writer: String(index) } }])),
        ),
      );
      const found = await readAll(log, topic, partition);
      assert.equal(found.length, 300);
      for (const index of writers.keys()) {
        const own = found.filter((record) => record.headers.writer === String(index));
        assert.deepEqual(own.map(textOf), numbered(topic, 'k', 100).map(textOf));
      }
    });

    it('gives back the bytes, texts, headers and times it was given', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      const records = oddRecords.map((odd) => aRecord(topic, 'k', odd));
      await log.append(records);
      const found = new Map<number, readonly NewRecord[]>();
      for (const key of new Set(records.map((record) => record.key))) {
        const partition = partitionOf(key, topic.partitions);
        const expected = records.filter((record) => partitionOf(record.key, topic.partitions) === partition);
        found.set(partition, expected);
      }
      for (const [partition, expected] of found) {
        const stored = await readAll(log, topic, partition);
        assert.deepEqual(
          stored.map(({ key, value, headers, timestampMs }) => ({
            key,
            value: hex(value),
            headers: { ...headers },
            timestampMs,
          })),
          expected.map(({ key, value, headers, timestampMs }) => ({ key, value: hex(value), headers, timestampMs })),
        );
      }
    });

    it('takes nothing as nothing', async (t) => {
      const { log } = await open(t);
      assert.deepEqual(await log.append([]), []);
    });

    it('refuses a topic that was not declared, and goes on', async (t) => {
      const { log, topics } = await open(t);
      const [topic] = topics;
      await assert.rejects(log.append([aRecord({ name: 'plenum.never.declared', partitions: 1 }, 'k')]));
      await log.append([aRecord(topic, 'k')]);
      assert.equal((await readAll(log, topic, partitionOf('k', topic.partitions))).length, 1);
    });

    it('finishes what is in flight when it is closed, and refuses what comes after', async (t) => {
      const { another, log, topics } = await open(t);
      const [topic] = topics;
      const closing = await another();
      const inFlight = closing.append(numbered(topic, 'k', 20));
      await closing.close();
      await inFlight;
      await assert.rejects(closing.append([aRecord(topic, 'k')]), /closed/);
      assert.equal((await readAll(log, topic, partitionOf('k', topic.partitions))).length, 20);
    });
  });
};

/** Everything about a record that an encoding could get wrong. */
const oddRecords: readonly Partial<NewRecord>[] = [
  { value: new Uint8Array(0) },
  { value: Uint8Array.from({ length: 256 }, (_, index) => index) },
  { value: Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 251) },
  { key: '' },
  { key: 'Büro-Ü 会议室 🏢' },
  { key: 'k'.repeat(1_000) },
  { headers: {} },
  { headers: { empty: '', umlaut: 'größer', emoji: '🌡️', long: 'x'.repeat(5_000) } },
  { headers: { ['__proto__']: 'a header like any other', constructor: 'so is this' } },
  { headers: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`h${index}`, `${index % 3}`])) },
  { timestampMs: 1_750_000_000_999 },
  { timestampMs: 1_749_999_000_000 },
  { timestampMs: 1_750_000_000_000 },
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
