import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  batchOfRows,
  type ColumnBatch,
  type ColumnValues,
  type ExportColumn,
  type ExportFile,
  type ExportRow,
  stringsOf,
  TransientFailure,
  textsOf,
} from '@plenum/runtime';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { parquetFormat } from './index.ts';
import { decompressors } from './zstd.ts';

const columns: readonly ExportColumn[] = [
  { name: 'event_id', type: 'uuid', nullable: false },
  { name: 'text', type: 'text', nullable: false },
  { name: 'note', type: 'text', nullable: true },
  { name: 'count', type: 'integer', nullable: false },
  { name: 'log_offset', type: 'bigint', nullable: true },
  { name: 'value', type: 'double precision', nullable: true },
  { name: 'is_on', type: 'boolean', nullable: true },
  { name: 'time', type: 'timestamptz', nullable: false },
  { name: 'seen', type: 'timestamptz', nullable: true },
  { name: 'metadata', type: 'jsonb', nullable: true },
  { name: 'other_id', type: 'uuid', nullable: true },
];

const storable = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', '\uFFFD'));
const text = fc.oneof(fc.constantFrom('', '\uFEFFx', '\r\n', '😀', 'same', 'same'), storable);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const timeUs = fc.integer({ min: -8_000_000_000_000_000, max: 8_000_000_000_000_000 });
const row: fc.Arbitrary<ExportRow> = fc.tuple(
  ...[fc.uuid(), text, maybe(text), fc.integer()],
  maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  ...[maybe(fc.boolean()), timeUs, maybe(timeUs)],
  ...[maybe(storable.map((one) => JSON.stringify({ one, n: [1] }))), maybe(fc.uuid())],
);

const written = async (
  rows: readonly (readonly ExportRow[])[],
  writing: readonly ExportColumn[] = columns,
): Promise<Buffer> =>
  writtenBatches(
    rows.map((some) => batchOfRows(writing, some)),
    writing,
  );

const writtenBatches = async (
  all: readonly ColumnBatch[],
  writing: readonly ExportColumn[] = columns,
): Promise<Buffer> => {
  const batches = async function* () {
    yield* all;
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of parquetFormat.write(writing, batches())) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Each text once, from the last to the first, and some that no row has. */
const withTextsInCommon = ({ rows, columns: all }: ColumnBatch): ColumnBatch => ({
  rows,
  columns: all.map((column): ColumnValues => {
    if (!('ends' in column.values)) return column;
    const strings = stringsOf(column.values);
    const known = ['nobody has it', ...new Set(strings.toReversed()), ''];
    return { ...column, values: { ...textsOf(known), which: Int32Array.from(strings, (one) => known.indexOf(one)) } };
  }),
});

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const fileOf = (bytes: Buffer, digest = digestOf(bytes)): ExportFile => ({
  bytes: bytes.byteLength,
  digest,
  read: async function* ({ from = 0, to = bytes.byteLength } = {}) {
    for (let at = from; at < to; at += 1000) yield bytes.subarray(at, Math.min(to, at + 1000));
  },
});

const sample = (count: number): readonly ExportRow[] => fc.sample(row, { numRuns: count, seed: 13 });

describe('rows as Parquet', () => {
  it('are certified when they are what was written, and the same rows are the same bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 4 }), async (batches) => {
        const rows = batches.flat();
        const bytes = await written(batches);
        assert.deepEqual(await written([rows]), bytes);
        const { problems, conformance } = await parquetFormat.certify(fileOf(bytes), { columns, rows: rows.length });
        assert.deepEqual(problems, []);
        assert.equal(conformance.rows, rows.length);
        const found = conformance.columns as readonly { readonly name: string; readonly nulls: number }[];
        const nulls = columns.map(({ name }, index) => [name, rows.filter((one) => one[index] === undefined).length]);
        assert.deepEqual(
          found.map((column) => [column.name, column.nulls]),
          nulls,
        );
      }),
      { numRuns: 60 },
    ));

  it('are the same bytes when rows have texts in common', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 4 }),
        fc.boolean(),
        async (given, all) => {
          const inCommon = given.map((rows, index) => {
            const batch = batchOfRows(columns, rows);
            return all || index % 2 === 0 ? withTextsInCommon(batch) : batch;
          });
          assert.deepEqual(await writtenBatches(inCommon), await written(given));
        },
      ),
      { numRuns: 60 },
    ));

  it('are read back as they were, by a reader that knows nothing of them', async () => {
    const rows = sample(100);
    const bytes = await written([rows]);
    const file = new Uint8Array(bytes).buffer;
    const parsers = { timestampFromMicroseconds: (us: bigint) => us } as object;
    const read = await parquetReadObjects({ file, compressors: decompressors, parsers });
    const known = (type: string, value: unknown): unknown => {
      if (type === 'timestamptz') return BigInt(Number(value));
      if (type === 'jsonb') return JSON.parse(String(value));
      // As it decodes texts when nobody says otherwise.
      return typeof value === 'string' ? value.replace(/^\uFEFF/, '') : value;
    };
    for (const [at, found] of read.entries()) {
      for (const [index, { name, type }] of columns.entries()) {
        const value = rows[at]?.[index];
        assert.deepEqual(
          found[name] ?? undefined,
          value === undefined ? undefined : known(type, value),
          `${name} of row ${at}`,
        );
      }
    }
    assert.equal(read.length, 100);
  });

  it('come out a group at a time', async () => {
    const plain: readonly ExportColumn[] = [{ name: 'n', type: 'integer', nullable: false }];
    let given = 0;
    const batches = async function* () {
      for (; given < 50_000; given += 1000) {
        yield batchOfRows(
          plain,
          Array.from({ length: 1000 }, (_, index) => [given + index]),
        );
      }
    };
    const givenAt: number[] = [];
    const chunks: Uint8Array[] = [];
    for await (const chunk of parquetFormat.write(plain, batches())) {
      givenAt.push(given);
      chunks.push(chunk);
    }
    assert.deepEqual(givenAt, [16_000, 32_000, 49_000, 50_000, 50_000]);
    const file = fileOf(Buffer.concat(chunks));
    const { problems, conformance } = await parquetFormat.certify(file, { columns: plain, rows: 50_000 });
    assert.deepEqual({ problems, groups: conformance.rowGroups }, { problems: [], groups: 4 });
  });

  it('are in smaller groups where their texts are large', async () => {
    const texts: readonly ExportColumn[] = [{ name: 'text', type: 'text', nullable: false }];
    const large = 'x'.repeat(12_000_000);
    const bytes = await written([Array.from({ length: 4 }, (_, n) => [`${n}${large}`])], texts);
    const { conformance } = await parquetFormat.certify(fileOf(bytes), { columns: texts, rows: 4 });
    assert.equal(conformance.rowGroups, 2);
  });

  it('are not written when a value is not of its column', async () => {
    const [first = []] = sample(1);
    const wrong: readonly (readonly [number, ExportRow[number]])[] = [
      ...([
        [0, 'x'],
        [0, '0'.repeat(33)],
        [1, 1],
        [1, undefined],
        [3, 2 ** 31],
        [4, 0.5],
      ] as const),
      ...([
        [4, 2n ** 63n],
        [5, Number.NaN],
        [6, 1],
        [7, 0.5],
        [7, '2026'],
        [9, 1],
      ] as const),
    ];
    for (const [index, value] of wrong)
      await assert.rejects(written([[first.with(index, value)]]), /cannot have|is no UUID|out of range/, `${value}`);
  });
});

it('rows of columns are not written when a column cannot have a value', async () => {
  const columnOf = (nullable: boolean): readonly ExportColumn[] => [{ name: 'n', type: 'double precision', nullable }];
  const batch = (values: Float64Array, nulls?: Uint8Array): readonly ColumnBatch[] => [
    { rows: values.length, columns: [{ values, ...(nulls && { nulls }) }] },
  ];
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    await assert.rejects(writtenBatches(batch(Float64Array.of(1, value)), columnOf(true)), /cannot have/);
  }
  const withNull = batch(Float64Array.of(1, 0), Uint8Array.of(0, 1));
  await assert.rejects(writtenBatches(withNull, columnOf(false)), /cannot have NULL/);
  assert.ok((await writtenBatches(withNull, columnOf(true))).length > 0);
});

describe('a file of Parquet', () => {
  const rows = sample(300);

  it('is refused when a byte is another, or some are missing', async () => {
    const bytes = await written([rows]);
    const refused = async (mutant: Buffer): Promise<void> => {
      const found = await parquetFormat.certify(fileOf(mutant, digestOf(bytes)), { columns, rows: rows.length });
      assert.match(found.problems.join(), /the digest is another/);
    };
    const places = fc.sample(fc.nat({ max: bytes.byteLength - 1 }), { numRuns: 50, seed: 13 });
    for (const at of [...places, 0, bytes.byteLength - 1]) {
      const mutant = Buffer.from(bytes);
      mutant[at] = (mutant[at] ?? 0) ^ 0x10;
      await refused(mutant);
    }
    for (const at of places) await refused(bytes.subarray(0, at));
  });

  it('is refused when it says something else than was written, though its bytes are whole', async () => {
    const bytes = await written([rows]);
    const found = async (mutant: Buffer, expected: { columns?: readonly ExportColumn[]; rows?: number } = {}) =>
      (await parquetFormat.certify(fileOf(mutant), { columns, rows: rows.length, ...expected })).problems.join(' ');
    assert.equal(await found(bytes), '');

    // A number stands in the file as it is.
    const uncompressed = await plainFile();
    const at = uncompressed.bytes.indexOf(uncompressed.value);
    assert.ok(at > 0);
    const changed = Buffer.from(uncompressed.bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const { problems } = await parquetFormat.certify(fileOf(changed), { columns: uncompressed.columns, rows: 1 });
    assert.notDeepEqual(problems, []);

    assert.match(await found(bytes, { rows: 299 }), /has 300 rows, and 299 were written/);
    const renamed = columns.map((column, index) => (index === 3 ? { ...column, name: 'sum' } : column));
    assert.match(await found(await written([rows], renamed)), /Column 4 is sum REQUIRED INT32, and not count/);
    const loose = columns.map((column) => ({ ...column, nullable: true }));
    assert.match(await found(await written([rows], loose)), /event_id OPTIONAL .* and not event_id REQUIRED/);
    assert.match(await found(await written([rows], columns.slice(0, -1))), /has 10 columns, and not 11/);
    assert.match(await found(Buffer.from('PAR1 and no more of it PAR1')), /cannot be read/);
    assert.match(await found(Buffer.alloc(0)), /cannot be read/);
  });

  it('is refused when its values are not those that its digests are of', async () => {
    const first = await written([rows]);
    const other = await written([rows.with(5, (rows[5] as ExportRow).with(5, 0.125))]);
    const digests = /"name":"value","nulls":\d+,"sha256":"[\da-f]{64}"/;
    const kept = digests.exec(first.toString('latin1'))?.[0] ?? '';
    const mixed = Buffer.from(other.toString('latin1').replace(digests, kept), 'latin1');
    const { problems } = await parquetFormat.certify(fileOf(mixed), { columns, rows: rows.length });
    assert.match(problems.join(), /value has (?:other values than were written|nothing in)/);
  });

  it('is neither good nor bad while its storage is away', async () => {
    const bytes = await written([rows]);
    const whole = fileOf(bytes);
    const away: ExportFile = {
      ...whole,
      read: async function* (range) {
        if (range !== undefined) throw new TransientFailure('disk', 'away');
        yield* whole.read();
      },
    };
    await assert.rejects(parquetFormat.certify(away, { columns, rows: rows.length }), TransientFailure);
  });
});

/** A file of one number, and the number as it may stand in it. */
const plainFile = async () => {
  const one: readonly ExportColumn[] = [{ name: 'n', type: 'double precision', nullable: false }];
  const value = Buffer.alloc(8);
  value.writeDoubleLE(1234.5678);
  return { columns: one, value, bytes: await written([[[1234.5678]]], one) };
};
