/** What is read here is what kafkajs reads in the same answer, for whatever clients may have written. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import zlib from 'node:zlib';
import type { LogRecord } from '@plenum/runtime';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { registerCodecs } from '../batch/codecs.ts';
import {
  marker,
  notCompressed,
  type WrittenBatch,
  type WrittenRecord,
  writeAnswer,
  writeBatch,
} from '../testing/answers.ts';
import { toRecord } from '../testing/kafkajs-records.ts';
import { readFetchResponse } from './fetch-response.ts';
import { piecesOf } from './pieces.ts';
import { type Aborted, readRecordSet } from './record-set.ts';

type Fetched = { readonly messages: readonly KafkaMessage[]; lastOffset(): string };
type Answer = { readonly responses: readonly { readonly partitions: readonly object[] }[] };

registerCodecs();
const require = createRequire(import.meta.url);
// What kafkajs reads with; without types.
const Batch = require('kafkajs/src/consumer/batch') as new (topic: string, from: string, partition: object) => Fetched;
const decoderOf = (version: number) =>
  require(`kafkajs/src/protocol/requests/fetch/v${version}/response`) as { decode(bytes: Buffer): Promise<Answer> };

type Read = { readonly records: readonly LogRecord[]; readonly next: bigint };

const asKafkajs = async (version: number, answer: Buffer, from: bigint): Promise<Read> => {
  const { responses } = await decoderOf(version).decode(answer);
  const batch = new Batch('t', String(from), responses[0]?.partitions[0] ?? {});
  return { records: batch.messages.map(toRecord), next: BigInt(batch.lastOffset()) + 1n };
};

const asWeDo = async (version: number, answer: Buffer, from: bigint, recordsMax: number): Promise<Read> => {
  const partition = readFetchResponse(version, answer).topics[0]?.partitions[0];
  assert.ok(partition);
  const set = readRecordSet('t/0', partition.records, partition.aborted);
  const next = set.lastOffset === undefined ? partition.highWatermark : set.lastOffset + 1n;
  const records: LogRecord[] = [];
  let at = from;
  for await (const piece of piecesOf(set, { from, to: 2n ** 60n, recordsMax })) {
    assert.ok(piece.records.length > 0 && piece.records.length <= recordsMax);
    assert.ok(piece.records.every(({ offset }) => offset >= at && offset < piece.next));
    records.push(...piece.records);
    at = piece.next;
  }
  if (records.length > 0) assert.equal(at, next, 'what lies behind the last record belongs to it');
  return { records, next };
};

it('reads what kafkajs reads, also of transactions, across holes, from within a batch and from what is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      log,
      fc.nat(),
      fc.nat(),
      fc.constantFrom(4, 5, 7, 8, 11),
      fc.integer({ min: 1, max: 9 }),
      async (steps, skip, cut, version, recordsMax) => {
        const { batches, aborted, next } = written(steps);
        const whole = Buffer.concat(batches.map(writeBatch));
        // As brokers do, never before the end of the first batch, with which it goes on where nothing else is.
        const first = batches[0] === undefined ? 0 : writeBatch(batches[0]).length;
        const records = whole.subarray(0, Math.max(first, whole.length - (cut % 200)));
        const from =
          batches[0] === undefined ? next : batches[0].firstOffset + BigInt(skip % (batches[0].lastOffsetDelta + 1));
        const answer = writeAnswer(version, { topic: 't', partition: 0, highWatermark: next, aborted, records });
        assert.deepEqual(await asWeDo(version, answer, from, recordsMax), await asKafkajs(version, answer, from));
      },
    ),
    { numRuns: 400 },
  );
});

/** One thing after the other that happens to a partition. */
type Step = {
  readonly does: 'write' | 'abort' | 'commit';
  readonly producer: number;
  readonly hole: number;
  readonly batch: Omit<WrittenBatch, 'firstOffset' | 'lastOffsetDelta' | 'producerId'>;
};

/** The log that comes of it, and what a broker says of transactions that were given up. */
const written = (steps: readonly Step[]) => {
  const batches: WrittenBatch[] = [];
  const aborted: Aborted[] = [];
  const begun = new Map<number, bigint>();
  let next = 1_000n;
  for (const { does, producer, hole, batch } of steps) {
    next += BigInt(hole);
    const producerId = BigInt(producer);
    const firstOffset = begun.get(producer);
    if (does === 'write') {
      const records = batch.records.map((record, index) => ({ ...record, offsetDelta: 2 * index }));
      const inTransaction = producer > 0;
      if (inTransaction && firstOffset === undefined) begun.set(producer, next);
      // kafkajs goes by the last record that is there, so here the last one always is.
      const lastOffsetDelta = Math.max(0, 2 * records.length - 2);
      batches.push({
        ...batch,
        records,
        firstOffset: next,
        lastOffsetDelta,
        producerId,
        attributes: batch.attributes + (inTransaction ? 16 : 0),
      });
      next += BigInt(lastOffsetDelta) + 1n;
    } else if (firstOffset !== undefined) {
      if (does === 'abort') aborted.push({ producerId, firstOffset });
      begun.delete(producer);
      batches.push(marker(next, producerId, does));
      next += 1n;
    }
  }
  return { batches, aborted: aborted.toSorted((one, other) => Number(one.firstOffset - other.firstOffset)), next };
};

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
const text = fc
  .oneof(fc.string({ maxLength: 10 }), fc.string({ unit: 'grapheme', maxLength: 40 }))
  .map((one) => Buffer.from(one));
const name = fc.oneof(
  fc.constantFrom('ce_id', 'ce_type', 'ce_id', 'constructor', '__proto__', '1', 'ü'),
  fc.string({ maxLength: 5 }),
);

const record: fc.Arbitrary<WrittenRecord> = fc.record({
  offsetDelta: fc.constant(0),
  sinceFirstMs: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  // kafkajs takes any key of four zero bytes for the marker of a transaction that was given up.
  key: fc.option(
    text.filter((key) => !key.equals(Buffer.alloc(4))),
    { nil: null },
  ),
  value: fc.option(bytes(80), { nil: null }),
  headers: fc.array(fc.tuple(name, fc.option(text, { freq: 8, nil: null })), { maxLength: 7 }),
});

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('write', 'write', 'write', 'abort', 'commit'),
  producer: fc.integer({ min: 0, max: 2 }),
  hole: fc.constantFrom(0, 0, 0, 3),
  batch: fc.record({
    firstMs: fc.integer({ min: -1, max: 2 ** 42 }),
    maxMs: fc.integer({ min: -1, max: 2 ** 42 }),
    attributes: fc.constantFrom(0, 0, 8),
    compression: fc.constantFrom(
      notCompressed,
      { type: 1, pack: (packed: Buffer) => zlib.gzipSync(packed) },
      { type: 4, pack: (packed: Buffer) => zlib.zstdCompressSync(packed) },
    ),
    records: fc.array(record, { minLength: 1, maxLength: 6 }),
  }),
});

const log = fc.array(step, { maxLength: 14 });
