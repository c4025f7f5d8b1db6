import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewRecord } from '@plenum/runtime';
import fc from 'fast-check';
import { readBatch } from './batch-reader.ts';
import { type BatchWriter, batchWriter } from './batch-writer.ts';

const write = (writer: BatchWriter, records: readonly Omit<NewRecord, 'topic'>[]): Buffer => {
  writer.reset();
  writer.begin(records[0]?.timestampMs ?? 0);
  for (const record of records) writer.add({ topic: 'not stored', ...record });
  writer.end();
  return Buffer.from(writer.bytes());
};

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 60 });
const aRecord = fc.record({
  key: wellFormed,
  value: fc.uint8Array({ maxLength: 300 }),
  timestampMs: fc.oneof(
    fc.integer({ min: 1_750_000_000_000, max: 1_750_000_100_000 }),
    fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }),
  ),
  // Few names and values, so that columns repeat, and some that never do.
  headers: fc.dictionary(
    fc.oneof(fc.constantFrom('ce_id', 'ce_type', '__proto__', 'länge'), wellFormed),
    fc.oneof(fc.constantFrom('1.0', '', 'plenum.ceiling.ReadingReported'), wellFormed),
    { maxKeys: 6 },
  ),
});

test('reading a batch undoes writing it', () => {
  const writer = batchWriter();
  fc.assert(
    fc.property(
      fc.array(aRecord, { minLength: 1, maxLength: 80 }),
      fc.bigInt({ min: 0n, max: 2n ** 60n }),
      (records, first) => {
        const found = readBatch(write(writer, records), first);
        assert.deepEqual(
          found.map(({ value, headers, ...rest }) => ({
            ...rest,
            value: [...value],
            headers: Object.entries(headers),
          })),
          records.map(({ value, headers, ...rest }, index) => ({
            ...rest,
            offset: first + BigInt(index),
            value: [...value],
            headers: Object.entries(headers),
          })),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('batches written one after another are each whole', () => {
  const writer = batchWriter();
  const sets = [3, 1, 40].map((count) =>
    Array.from({ length: count }, (_, index) => ({
      key: `k${index}`,
      value: new Uint8Array(index * 9_000),
      timestampMs: index,
      headers: { n: `${count}` },
    })),
  );
  writer.reset();
  const lengths = sets.map((records) => {
    writer.begin(0);
    for (const record of records) writer.add({ topic: '', ...record });
    return writer.end();
  });
  let at = 0;
  for (const [index, length] of lengths.entries()) {
    const found = readBatch(Buffer.from(writer.bytes().subarray(at, at + length)), 0n);
    assert.deepEqual(
      found.map((record) => record.key),
      sets[index]?.map((record) => record.key),
    );
    at += length;
  }
  assert.equal(at, writer.bytes().length);
});

/** Written by version 1. What is in people's logs looks like this for ever: a change here is a new version. */
const golden =
  '010529cf5980f086c2ee6500000003' +
  '00066e6f64655f310300010200020563655f69640763655f74797065010161010154' +
  'f403066e6f64655f32000101016202' +
  '010542c3bc726f01ff0000';

const goldenRecords = [
  {
    key: 'node_1',
    value: Uint8Array.of(0, 1, 2),
    timestampMs: 1_750_000_000_000,
    headers: { ce_id: 'a', ce_type: 'T' },
  },
  { key: 'node_2', value: new Uint8Array(0), timestampMs: 1_750_000_000_250, headers: { ce_id: 'b', ce_type: 'T' } },
  { key: 'Büro', value: Uint8Array.of(255), timestampMs: 1_749_999_999_999, headers: {} },
] as const;

test('the bytes of version 1 are what they were', () => {
  assert.equal(write(batchWriter(), goldenRecords).toString('hex'), golden);
});

test('the bytes of version 1 are still read', () => {
  const found = readBatch(Buffer.from(golden, 'hex'), 7n);
  assert.deepEqual(
    found.map(({ value, ...rest }) => ({ ...rest, value: [...value] })),
    goldenRecords.map(({ value, ...rest }, index) => ({ ...rest, offset: 7n + BigInt(index), value: [...value] })),
  );
});

test('a header that repeats costs one byte a record, and one that never does its own length', () => {
  const records = (type: (index: number) => string) =>
    Array.from({ length: 1_000 }, (_, index) => ({
      key: 'k',
      value: new Uint8Array(0),
      timestampMs: 0,
      headers: { type: type(index) },
    }));
  const one = write(
    batchWriter(),
    records(() => 'plenum.ceiling.ReadingReported'),
  ).length;
  assert.ok(one < 1_000 * 6 + 100, `${one} bytes`);
  const each = write(
    batchWriter(),
    records((index) => `id-${1_000 + index}`),
  ).length;
  assert.ok(each < 1_000 * (6 + 8) + 100, `${each} bytes`);
});

test('a header that did not repeat in one batch is tried again later', () => {
  const writer = batchWriter();
  const size = (text: (index: number) => string): number =>
    write(
      writer,
      Array.from({ length: 200 }, (_, index) => ({
        ...{ key: 'k', value: new Uint8Array(0), timestampMs: 0 },
        headers: { type: text(index) },
      })),
    ).length;
  size((index) => `id-${1_000 + index}`);
  const sizes = Array.from({ length: 20 }, () => size(() => 'plenum.ceiling.ReadingReported'));
  assert.ok((sizes[0] ?? 0) > 200 * 30, `${sizes[0]} bytes: looked up in vain`);
  assert.ok((sizes.at(-1) ?? 0) < 200 * 6 + 100, `${sizes.at(-1)} bytes: never looked up again`);
});

test('damage is found, and never read as something else', () => {
  const whole = write(batchWriter(), goldenRecords);
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    assert.throws(() => readBatch(damaged, 0n), /damaged|version/);
  }
  for (let length = 0; length < whole.length; length += 1) {
    assert.throws(() => readBatch(whole.subarray(0, length), 0n), /damaged|version/);
  }
});
