import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import type { NewRecord } from '@plenum/runtime';
import type { KafkaMessage } from 'kafkajs';
import { type Compression, registerCodecs } from '../batch/codecs.ts';
import { toRecord } from '../testing/kafkajs-records.ts';
import { encodeRecordBatch } from './record-batch.ts';

registerCodecs();
const require = createRequire(import.meta.url);
// What kafkajs reads answers with; without types.
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ readonly maxTimestamp: string; readonly records: readonly KafkaMessage[] }>;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (parameters: object) => Promise<{ readonly buffer: Buffer }>;
};
const Record = require('kafkajs/src/protocol/recordBatch/record/v0') as (parameters: object) => object;

const text = (value: string): Uint8Array => Buffer.from(value);

const record = (more: Partial<NewRecord>): NewRecord => ({
  ...{ topic: 't', key: 'k', value: text('v'), headers: {}, timestampMs: 1_700_000_000_000 },
  ...more,
});

/** Every length that is written differently from the next, and what is longer in bytes than in characters. */
const records: readonly NewRecord[] = [
  record({}),
  record({ key: '', value: text('') }),
  record({ key: 'k'.repeat(63) }),
  record({ key: 'k'.repeat(64), timestampMs: 1_700_000_000_500 }),
  record({ key: `${'k'.repeat(62)}ü` }),
  record({ key: 'ü'.repeat(21), headers: { 名前: '水位計', empty: '', ascii: 'x'.repeat(63) } }),
  record({ key: '🌊'.repeat(40), headers: { long: 'ß'.repeat(200) } }),
  record({ value: text('a'.repeat(50)) }),
  record({ value: text('b'.repeat(62)), timestampMs: 1_699_999_999_000 }),
  record({ value: text('c'.repeat(8_180)) }),
  record({ value: text('d'.repeat(8_192)), timestampMs: 1_700_000_000_000 + 2 ** 33 }),
  record({ value: text('e'.repeat(1_100_000)) }),
  record({ value: Buffer.from('--within--').subarray(2, 8) }),
];

const read = async (batch: Buffer) => {
  const { records: messages, maxTimestamp } = await decode(new Decoder(batch));
  return { maxTimestamp, records: messages.map(toRecord) };
};

describe('a batch', () => {
  for (const compression of ['none', 'gzip', 'zstd'] as const satisfies readonly Compression[]) {
    it(`is read by kafkajs as what it was made of: ${compression}`, async () => {
      const { maxTimestamp, records: found } = await read(await encodeRecordBatch(records, compression));
      assert.equal(maxTimestamp, String(1_700_000_000_000 + 2 ** 33));
      assert.deepEqual(
        found.map(({ value, ...rest }) => ({ ...rest, value: Buffer.from(value).toString() })),
        records.map(({ topic: _, value, ...rest }, index) => ({
          ...{ ...rest, offset: BigInt(index), headers: { ...rest.headers } },
          value: Buffer.from(value).toString(),
        })),
      );
    });
  }

  it('is compressed where that is worth it', async () => {
    const typeOf = async (value: string) =>
      (await encodeRecordBatch([record({ value: text(value) })], 'zstd')).readInt16BE(21);
    assert.equal(await typeOf('x'.repeat(1_000)), 0);
    assert.equal(await typeOf('x'.repeat(3_000)), 4);
  });

  it('is whole, however many are made at a time', async () => {
    const large = records.map((one) => ({ ...one, headers: { seen: one.key, same: 'in all' } }));
    const batches = [large, records, [record({ headers: { same: 'alone' } })], large.toReversed(), records];
    const alone = await Promise.all(batches.map(async (batch) => read(await encodeRecordBatch(batch, 'none'))));
    const atATime = await Promise.all(batches.map((batch) => encodeRecordBatch(batch, 'zstd')));
    assert.deepEqual(await Promise.all(atATime.map(read)), alone);
  });

  it('has every header of every record, whether it is that of the record before or not', async () => {
    const headers = [
      { a: 'same', b: '1' },
      { a: 'same', b: '2' },
      { a: 'same', b: '2' },
      { a: 'other', b: '2' },
      { b: '2', a: 'other' },
      {},
      { a: 'same', b: '1' },
    ].map((one) => record({ headers: one }));
    const { records: found } = await read(await encodeRecordBatch(headers, 'none'));
    assert.deepEqual(
      found.map((one) => Object.entries(one.headers)),
      headers.map((one) => Object.entries(one.headers)),
    );
  });

  it('is byte for byte what kafkajs makes, but for the fields that only a leader or a known producer has', async () => {
    const ours = await encodeRecordBatch(records, 'none');
    const [first] = records;
    const theirs = await RecordBatch({
      ...{ firstTimestamp: first?.timestampMs, maxTimestamp: 1_700_000_000_000 + 2 ** 33 },
      ...{ partitionLeaderEpoch: -1, producerEpoch: -1, firstSequence: -1, lastOffsetDelta: records.length - 1 },
      records: records.map(({ key, value, headers, timestampMs }, offsetDelta) =>
        Record({
          ...{ key, headers, offsetDelta, timestampDelta: timestampMs - (first?.timestampMs ?? 0) },
          value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
        }),
      ),
    });
    assert.equal(Buffer.compare(ours, theirs.buffer), 0);
  });
});
