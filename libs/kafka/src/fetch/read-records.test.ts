import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import zlib from 'node:zlib';
import type { LogRecord, NewRecord } from '@plenum/runtime';
import fc from 'fast-check';
import { encodeRecordBatch } from '../append/record-batch.ts';
import { type Compression, registerCodecs } from '../batch/codecs.ts';
import { DamagedBatch } from '../batch/damaged.ts';
import { notCompressed, type WrittenBatch, writeBatch, writeBatchOf, writeRecord } from '../testing/answers.ts';
import { readHead } from './batch-head.ts';
import { readRecords } from './read-records.ts';

registerCodecs();
const require = createRequire(import.meta.url);
// What kafkajs writes batches with; without types.
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (parameters: object) => Promise<{ readonly buffer: Buffer }>;
};
const Record = require('kafkajs/src/protocol/recordBatch/record/v0') as (parameters: object) => object;

const read = async (batch: Buffer): Promise<readonly LogRecord[]> => {
  const head = readHead(batch, 0);
  assert.ok(head);
  return readRecords(head);
};
const texts = (records: readonly (NewRecord | LogRecord)[]) =>
  records.map(({ timestampMs, key, value, headers }) => ({
    ...{ timestampMs, key, headers: { ...headers } },
    value: Buffer.from(value).toString('hex'),
  }));

const zstd = { type: 4, pack: (bytes: Buffer) => zlib.zstdCompressSync(bytes) };
const batch = (more: Partial<WrittenBatch>): WrittenBatch => ({
  ...{ firstOffset: 7n, lastOffsetDelta: 9, firstMs: 1_000, maxMs: 2_000, producerId: -1n, attributes: 0 },
  compression: notCompressed,
  records: [],
  ...more,
});
const written = { offsetDelta: 0, sinceFirstMs: 0, key: null, value: null, headers: [] };

describe('a batch', () => {
  it('of known bytes is read as what is in it', async () => {
    const bytes = Buffer.from(
      [
        '000000000000002a 00000049 00000003 02 a3f2deec 0000', // At 42, 73 bytes, format 2, not compressed,
        '00000002 0000018bcfe56800 0000018bcfe56bb8', // up to 44, from a time on, to a second later,
        'ffffffffffffffff ffff ffffffff 00000001', // of no producer in particular, and one record is left of three:
        '2e 00 d00f 04 06 6b6579 0a 76616c7565', // a second later, at 44, with key and value,
        '04 02 61 02 31 04 c3bc 00', // and two headers.
      ]
        .join('')
        .replaceAll(' ', ''),
      'hex',
    );
    assert.deepEqual(await read(bytes), [
      {
        ...{ offset: 44n, timestampMs: 1_700_000_001_000, key: 'key', value: Buffer.from('value') },
        headers: { a: '1', ü: '' },
      },
    ]);
  });

  for (const compression of ['none', 'gzip', 'zstd'] as const satisfies readonly Compression[]) {
    it(`is read as what we made it of: ${compression}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(newRecord, { minLength: 1, maxLength: 20 }), async (records) => {
          const found = await read(await encodeRecordBatch(records, compression));
          assert.deepEqual(texts(found), texts(records));
          assert.deepEqual(
            found.map(({ offset }) => offset),
            records.map((_, index) => BigInt(index)),
          );
        }),
        { numRuns: 40 },
      );
    });
  }

  it('is read as what kafkajs made it of', async () => {
    const { buffer } = await RecordBatch({
      ...{ firstTimestamp: 1_000, maxTimestamp: 3_000, lastOffsetDelta: 1, compression: 1 },
      records: [
        Record({ key: 'a', value: Buffer.from('x'), headers: { one: 'v', several: ['first', 'last'] } }),
        Record({ offsetDelta: 1, timestampDelta: 2_000, key: 'ü', value: Buffer.alloc(0) }),
      ],
    });
    assert.deepEqual(await read(buffer), [
      { offset: 0n, timestampMs: 1_000, key: 'a', value: Buffer.from('x'), headers: { one: 'v', several: 'last' } },
      { offset: 1n, timestampMs: 3_000, key: 'ü', value: Buffer.alloc(0), headers: {} },
    ]);
  });

  it('may lack keys, values and records, and have the broker’s time', async () => {
    const records = [
      { ...written, offsetDelta: 2 },
      { ...written, offsetDelta: 9, sinceFirstMs: 5 },
    ];
    const found = await read(writeBatch(batch({ records, attributes: 8 })));
    const nothing = { key: '', value: new Uint8Array(0), headers: {} };
    assert.deepEqual(found, [
      { offset: 9n, timestampMs: 2_000, ...nothing },
      { offset: 16n, timestampMs: 2_000, ...nothing },
    ]);
  });

  it('gives of several headers with one name the last, of one without a value none, and has no prototype to hit', async () => {
    const headers = [
      ...(['a', 'b', '__proto__', 'constructor', '7'] as const).map((name) => [name, Buffer.from('1')] as const),
      ['a', Buffer.from('2')] as const,
      ['b', null] as const,
      ['c', null] as const,
    ];
    const [found] = await read(writeBatch(batch({ records: [{ ...written, headers }] })));
    const expected = [
      ['7', '1'],
      ['a', '2'],
      ['__proto__', '1'],
      ['constructor', '1'],
    ];
    assert.deepEqual(Object.entries(found?.headers ?? {}), expected);
    assert.equal(Object.getPrototypeOf(found?.headers), Object.prototype);
  });

  it('has texts that are looked for by their bytes, and not taken for others', async () => {
    // The bytes of the one are the characters of the other.
    const names = ['Ã¤', 'ä', 'Ã¤', 'a', ''].map((name) => ({
      ...written,
      key: Buffer.from(name),
      headers: [[name, Buffer.from(name)] as const],
    }));
    const found = await read(writeBatch(batch({ records: [...names, ...names] })));
    assert.deepEqual(
      found.map(({ key }) => key),
      ['Ã¤', 'ä', 'Ã¤', 'a', '', 'Ã¤', 'ä', 'Ã¤', 'a', ''],
    );
    for (const { key, headers } of found) assert.deepEqual(headers, { [key]: key });
  });
});

describe('a batch that is damaged', () => {
  it('is refused, whichever of its bits it is', async () => {
    const whole = writeBatch(batch({ records: [{ ...written, value: Buffer.from('value') }], compression: zstd }));
    for (let at = 17; at < whole.length; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      await assert.rejects(read(bytes), DamagedBatch);
    }
  });

  const record = writeRecord({ ...written, value: Buffer.from('value'), headers: [['a', Buffer.from('b')]] });
  const refused: Record<string, [count: number, records: Buffer]> = {
    'fewer records than it says': [2, record],
    'more records than it says': [1, Buffer.concat([record, record])],
    'more records than bytes': [2 ** 31 - 1, record],
    'less than no records': [-1, record],
    'a record that is cut': [1, record.subarray(0, -1)],
    'an offset behind its last': [1, writeRecord({ ...written, offsetDelta: 10 })],
    'an offset before its first': [1, writeRecord({ ...written, offsetDelta: -1 })],
    'a number that does not end': [1, Buffer.alloc(40, 0xff)],
    'more headers than bytes': [1, Buffer.from('0c0000000101fe03', 'hex')],
    'a record that is shorter than it says': [1, Buffer.from('120000000101000000', 'hex')],
    'a value of less than no bytes': [1, Buffer.from('0c00000001030000', 'hex')],
  };
  for (const [name, [count, records]] of Object.entries(refused)) {
    it(`is refused although its checksum is right: ${name}`, async () => {
      await assert.rejects(read(writeBatchOf(batch({}), count, records)), DamagedBatch);
    });
  }

  it('is read or refused, whatever its bytes are', async () => {
    const some = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }),
    );
    const nearly = fc.tuple(fc.nat({ max: record.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(record);
      bytes[at] = byte;
      return bytes;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(some, nearly), fc.integer({ min: 0, max: 4 }), async (bytes, count) => {
        await read(writeBatchOf(batch({}), count, Buffer.from(bytes))).catch((error: unknown) => {
          if (!(error instanceof DamagedBatch)) throw error;
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when it does not unpack, or to more than anybody writes', async () => {
    const bomb = { ...zstd, pack: () => zlib.zstdCompressSync(Buffer.alloc(40 * 1024 * 1024)) };
    await assert.rejects(read(writeBatch(batch({ compression: bomb }))), /does not unpack: .*larger/);
    const gzipBomb = { type: 1, pack: () => zlib.gzipSync(Buffer.alloc(40 * 1024 * 1024)) };
    await assert.rejects(read(writeBatch(batch({ compression: gzipBomb }))), /does not unpack: .*larger/);
    const nonsense = { type: 4, pack: () => Buffer.from('nonsense') };
    await assert.rejects(read(writeBatch(batch({ compression: nonsense }))), /does not unpack/);
    const unknown = { type: 7, pack: () => Buffer.from('nonsense') };
    await assert.rejects(read(writeBatch(batch({ compression: unknown }))), DamagedBatch);
    const snappy = { type: 2, pack: () => Buffer.from('nonsense') };
    await assert.rejects(read(writeBatch(batch({ compression: snappy }))), /Snappy compression not implemented/);
  });
});

const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 90 }));
const newRecord: fc.Arbitrary<NewRecord> = fc.record({
  topic: fc.constant('t'),
  key: text,
  value: fc.uint8Array({ maxLength: 300 }),
  headers: fc.dictionary(fc.constantFrom('ce_id', 'ce_type', 'ä', '名前', 'constructor'), text, {
    noNullPrototype: true,
  }),
  timestampMs: fc.integer({ min: 0, max: 2 ** 43 }),
});
