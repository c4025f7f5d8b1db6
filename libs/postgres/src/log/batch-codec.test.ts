import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, zstdCompressSync } from 'node:zlib';
import type { NewRecord } from '@plenum/runtime';
import fc from 'fast-check';
import { readBatch } from './batch-reader.ts';
import { type BatchWriter, batchWriter } from './batch-writer.ts';
import { dictionary1 } from './body-dictionary.ts';

const write = (writer: BatchWriter, records: readonly Omit<NewRecord, 'topic'>[]): Buffer => {
  writer.reset();
  writer.begin(records[0]?.timestampMs ?? 0);
  for (const record of records) writer.add({ topic: 'not stored', ...record });
  writer.end();
  return Buffer.from(writer.bytes());
};

/** Bytes of the records as they are laid out, whatever zstd makes of them. */
const plainBytes = (writer: BatchWriter, records: readonly Omit<NewRecord, 'topic'>[]): number => {
  writer.reset();
  writer.begin(records[0]?.timestampMs ?? 0);
  for (const record of records) writer.add({ topic: 'not stored', ...record });
  return writer.size();
};

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 60 });
const aRecord = fc.record({
  key: wellFormed,
  value: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(300))),
  timestampMs: fc.oneof(
    fc.integer({ min: 1_750_000_000_000, max: 1_750_000_100_000 }),
    fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }),
  ),
  // Few names and values, so that columns repeat, and some that never do.
  headers: fc.dictionary(
    fc.oneof(fc.constantFrom('ce_id', 'ce_type', '__proto__', 'länge'), wellFormed),
    fc.oneof(
      fc.constantFrom('1.0', '', 'plenum.ceiling.ReadingReported', '01890A5D-AC96-774B-BCCE-B302099A8057'),
      fc.constantFrom('01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a805g'),
      fc.uuid(),
      wellFormed,
    ),
    { maxKeys: 6 },
  ),
});

/** Bytes of a stored body before its records, or what is made of them. The last of them is the form. */
const headBytes = 6;
const formOf = (body: Buffer): number | undefined => body[headBytes - 1];

test('reading a batch undoes writing it, in whatever form', () => {
  const writer = batchWriter();
  const forms = new Set<number | undefined>();
  fc.assert(
    fc.property(
      fc.array(aRecord, { minLength: 1, maxLength: 80 }),
      fc.bigInt({ min: 0n, max: 2n ** 60n }),
      (records, first) => {
        const body = write(writer, records);
        forms.add(formOf(body));
        const found = readBatch(body, first);
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
  assert.deepEqual(forms, new Set([0, 1, 2]));
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

/** Written by version 2. What is in people's logs looks like this for ever: a change here is a new version. */
const golden = {
  plain:
    '02bff86ea90080f086c2ee650000000400066e6f64655f310300010200020563655f69640763655f74797065010161010154' +
    'f403066e6f64655f3200020301890a5dac96774bbcceb302099a805704010542c3bc726f01ff000002196365696c696e675f' +
    '6e6f64655f3030315f68756d696469747901070104011e706c656e756d2e6365696c696e672e52656164696e675265706f72' +
    '746564012e6365696c696e672f73656e736f72732f6365696c696e675f6e6f64655f3030315f68756d69646974792f646174' +
    '610301890a5dac96774bbcceb302099a8057011b323032352d30362d31355431353a30363a34302e3030313030305a04',
  zstd:
    '02f82495c601000017c828b52ffd60c816c50600724b2c3090a939c7c2fd0f2d2a20be182cba4810f5bb96855b4aceb2d544' +
    'a470f21ae83745be454824b745316d6adabf93942905dddd8de966bde0eecefd7103c7e40ec94124e74cee489147040c2b8c' +
    '107459f49a7f411cbf5ab4fa4764ca08fff13c13ca7c4955c0cd0d57aa8c72426978cefd45a694c8a706d8ee0653eb6281c0' +
    '702b58240218c5c525c12162824100821bdba869409821f35795fa9e6aa27c4f316c196f73ef239d007bc0bb8f51f1906109' +
    '0c008ad6444f476b87b4cdb06638d7c6e587cd2f056f67e693275925954352356d83293d',
  zstdWithDictionary:
    '02953a26a3020000042028b52ffd6020039d0500340880f086c2ee650000003000066e6f64655f310300010200020563655f' +
    '69640763655f74797065010161010154f4033200020301890a5dac96774bbcceb302099a805704010542c3bc726f01ff0000' +
    '02195f5f30303101070104011e012f64617461011b30362d31355431353a30363a34302e3030313030305a04020404050304' +
    '0404041000e29aa8e868ed90b619d60c776d580091b63d6cbe14b1d9ac46c3be47b32ed0ad97ba2982703537f9d90caa0c',
};

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const goldenRecords = [
  {
    key: 'node_1',
    value: Uint8Array.of(0, 1, 2),
    timestampMs: 1_750_000_000_000,
    headers: { ce_id: 'a', ce_type: 'T' },
  },
  { key: 'node_2', value: new Uint8Array(0), timestampMs: 1_750_000_000_250, headers: { ce_id: id, ce_type: 'T' } },
  { key: 'Büro', value: Uint8Array.of(255), timestampMs: 1_749_999_999_999, headers: {} },
  {
    key: 'ceiling_node_001_humidity',
    value: Uint8Array.of(7),
    timestampMs: 1_750_000_000_001,
    headers: {
      ...{ ce_specversion: '1.0', ce_type: 'plenum.ceiling.ReadingReported' },
      ...{ ce_source: 'ceiling/sensors/ceiling_node_001_humidity/data', ce_id: id },
      ...{ ce_time: '2025-06-15T15:06:40.001000Z', 'content-type': 'application/avro' },
    },
  },
];
const repeated = (times: number) => Array.from({ length: times }, () => goldenRecords).flat();

test('the bytes of version 2 are what they were', () => {
  assert.equal(write(batchWriter(), goldenRecords).toString('hex'), golden.plain);
});

test('the bytes of version 2 are still read', () => {
  const kept = [
    { form: 0, hex: golden.plain, times: 1 },
    { form: 1, hex: golden.zstd, times: 80 },
    { form: 2, hex: golden.zstdWithDictionary, times: 12 },
  ];
  for (const { form, hex, times } of kept) {
    const body = Buffer.from(hex, 'hex');
    assert.equal(formOf(body), form);
    assert.deepEqual(
      readBatch(body, 7n).map(({ value, ...rest }) => ({ ...rest, value: [...value] })),
      repeated(times).map(({ value, ...rest }, index) => ({ ...rest, offset: 7n + BigInt(index), value: [...value] })),
    );
  }
});

test('dictionary 1 is what it was: without it bodies cannot be read', () => {
  assert.equal(crc32(dictionary1), 3529816178);
});

test('a reading costs less than a hundred bytes in a batch of ten, and three quarters of what it has when it is alone', () => {
  const readings = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const key = `ceiling_node_${100 + index}_temperature`;
      const time = `2026-03-04T09:00:0${index % 10}.00${(index * 7919) % 10_000}Z`;
      const ids = Array.from({ length: 4 }, (_unused, part) => ((index + 1) * (part + 3) * 2_654_435_761) % 2 ** 32);
      const [a, b, c, d] = ids.map((number) => number.toString(16).padStart(8, '0'));
      return {
        ...{ key, timestampMs: index },
        value: Buffer.from(
          `${key}\x02 ceiling_node_${100 + index} temperature ${ids[0]} °C ${time} zone-A {"n":${index}}`,
        ),
        headers: {
          ...{ ce_specversion: '1.0', ce_type: 'plenum.ceiling.ReadingReported' },
          ...{ ce_source: `ceiling/sensors/${key}/data`, ce_time: time, 'content-type': 'application/avro' },
          ce_id: `${a}-${b?.slice(4)}-${b?.slice(0, 4)}-${c?.slice(4)}-${c?.slice(0, 4)}${d}`,
        },
      };
    });
  const each = (count: number): number => write(batchWriter(), readings(count)).length / count;
  assert.ok(each(1) < 400, `${each(1)} bytes`);
  assert.ok(each(10) < 100, `${each(10)} bytes`);
  assert.ok(each(125) < 75, `${each(125)} bytes`);
});

test('a header that repeats costs one byte a record, and one that never does its own length', () => {
  const bytes = (type: (index: number) => string): number =>
    plainBytes(
      batchWriter(),
      Array.from({ length: 1_000 }, (_, index) => ({
        ...{ key: 'k', value: new Uint8Array(0), timestampMs: 0 },
        headers: { type: type(index) },
      })),
    );
  const one = bytes(() => 'plenum.ceiling.ReadingReported');
  assert.ok(one < 1_000 * 6 + 100, `${one} bytes`);
  const each = bytes((index) => `id-${1_000 + index}`);
  assert.ok(each < 1_000 * (6 + 8) + 100, `${each} bytes`);
  const ids = bytes((index) => `01890a5d-ac96-774b-bcce-b3020000${1_000 + index}`);
  assert.ok(ids < 1_000 * (6 + 17) + 100, `${ids} bytes`);
});

test('a header that did not repeat in one batch is tried again later', () => {
  const writer = batchWriter();
  const size = (text: (index: number) => string): number =>
    plainBytes(
      writer,
      Array.from({ length: 200 }, (_, index) => ({
        ...{ key: 'k', value: new Uint8Array(0), timestampMs: 0 },
        headers: { type: text(index) },
      })),
    );
  size((index) => `id-${1_000 + index}`);
  const sizes = Array.from({ length: 20 }, () => size(() => 'plenum.ceiling.ReadingReported'));
  assert.ok((sizes[0] ?? 0) > 200 * 30, `${sizes[0]} bytes: looked up in vain`);
  assert.ok((sizes.at(-1) ?? 0) < 200 * 6 + 100, `${sizes.at(-1)} bytes: never looked up again`);
});

test('damage is found, and never read as something else', () => {
  for (const times of [1, 12, 80]) {
    const whole = write(batchWriter(), repeated(times));
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      assert.throws(() => readBatch(damaged, 0n), /damaged|version/);
    }
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(() => readBatch(whole.subarray(0, length), 0n), /damaged|version/);
    }
  }
});

/** A body whose checksum is right, whatever it holds. */
const forged = (form: number, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, form]), content]);
  body.writeUInt32BE(crc32(body.subarray(headBytes - 1)), 1);
  return body;
};
const withLength = (bytes: number, frame: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return Buffer.concat([length, frame]);
};

test('what was made to fill the memory is refused before it does', () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
  const refused: Readonly<Record<string, Buffer>> = {
    'more than it says': forged(1, withLength(1_000, bomb)),
    'less than it says': forged(1, withLength(1_000, zstdCompressSync(Buffer.alloc(999)))),
    'more than a body can be': forged(1, withLength(64 * 1024 * 1024, bomb)),
    nothing: forged(1, withLength(0, zstdCompressSync(Buffer.alloc(0)))),
    'no frame': forged(2, withLength(1_000, Buffer.alloc(1_000, 1))),
    'no length': forged(1, Buffer.alloc(3)),
    'a form that is none': forged(3, Buffer.alloc(100)),
    'more records than bytes': forged(0, Buffer.from([0, 255, 255, 255, 255])),
    'a number that does not end': forged(0, Buffer.from([0, 0, 0, 0, 1, 255])),
    'less than a record': forged(0, Buffer.from([0, 0, 0, 0, 1, 0])),
    'more than its records': forged(0, Buffer.from([0, 0, 0, 0, 0, 0])),
  };
  for (const [what, body] of Object.entries(refused)) assert.throws(() => readBatch(body, 0n), /damaged/, what);
});
