import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { formatTimeUs } from '@plenum/event';
import { batchOfRows, type ExportColumn, type ExportFile, type ExportRow, type RowFormatWriter } from '@plenum/runtime';
import fc from 'fast-check';
import { csvFormat, ndjsonFormat } from './index.ts';

const columns: readonly ExportColumn[] = [
  { name: 'event_id', type: 'uuid', nullable: false },
  { name: 'text', type: 'text', nullable: false },
  { name: 'note, "or" not', type: 'text', nullable: true },
  { name: 'count', type: 'integer', nullable: false },
  { name: 'log_offset', type: 'bigint', nullable: false },
  { name: 'value', type: 'double precision', nullable: true },
  { name: 'is_on', type: 'boolean', nullable: false },
  { name: 'time', type: 'timestamptz', nullable: false },
  { name: 'metadata', type: 'jsonb', nullable: true },
];

const hostile = [
  '',
  '"',
  ',',
  '\r\n',
  '\n',
  '\r',
  "=cmd|' /C calc'!A0",
  '\\.',
  'NULL',
  ' a ',
  '\uFEFF',
  '\u2028',
  '😀',
  '\t',
  '-1',
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary' }).map((one) => one.toWellFormed()),
);
const row: fc.Arbitrary<ExportRow> = fc.tuple(
  ...[fc.uuid(), text, fc.option(text, { nil: undefined }), fc.integer()],
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  ...[fc.boolean(), fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_800_000_000 })],
  fc.option(
    fc.json({ stringUnit: 'binary' }).map((json) => JSON.stringify([JSON.parse(json)], undefined, json.length % 2)),
    { nil: undefined },
  ),
);
const batches = fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 5 });

async function* of<T>(...all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

const written = async ({ write }: RowFormatWriter, rows: readonly (readonly ExportRow[])[]): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  const batched = rows.map((some) => batchOfRows(columns, some));
  for await (const chunk of write(columns, of(...batched))) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const fileOf = (bytes: Buffer, digest = digestOf(bytes), chunkBytes = 7): ExportFile => ({
  bytes: bytes.byteLength,
  digest,
  read: async function* ({ from = 0, to = bytes.byteLength } = {}) {
    for (let at = from; at < to; at += chunkBytes) yield bytes.subarray(at, Math.min(to, at + chunkBytes));
  },
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** RFC 4180, one character at a time. */
const readCsv = (file: string): readonly (readonly (string | undefined)[])[] => {
  const records: (string | undefined)[][] = [];
  let record: (string | undefined)[] = [];
  let field: string | undefined;
  let isWithin = false;
  for (let at = 0; at < file.length; at += 1) {
    const one = file[at];
    if (isWithin && one === '"' && file[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (one === '"') {
      isWithin = !isWithin;
      field ??= '';
    } else if (isWithin) {
      field += one ?? '';
    } else if (one === ',') {
      record.push(field);
      field = undefined;
    } else if (one === '\n') {
      records.push([...record, field]);
      record = [];
      field = undefined;
    } else {
      field = (field ?? '') + one;
    }
  }
  return records;
};

const textsOf = (values: ExportRow): readonly (string | undefined)[] =>
  values.map((value, index) => {
    if (value === undefined) return undefined;
    if (columns[index]?.type === 'timestamptz') return formatTimeUs(Number(value));
    return Object.is(value, -0) ? '-0.0' : String(value);
  });

describe('rows as CSV', () => {
  it('are read back as they were', () =>
    fc.assert(
      fc.asyncProperty(batches, async (rows) => {
        const [names, ...records] = readCsv((await written(csvFormat, rows)).toString());
        assert.deepEqual(
          names,
          columns.map(({ name }) => name),
        );
        assert.deepEqual(records, rows.flat().map(textsOf));
      }),
    ));

  it('keep nothing and an empty text apart, and change no text', async () => {
    const texts = ['', ...hostile, '=1+1', '@x'];
    const [first] = fc.sample(row, { numRuns: 1, seed: 1 });
    const rows = texts.map((one) => (first as ExportRow).with(1, one).with(2, undefined));
    const file = (await written(csvFormat, [rows])).toString();
    assert.deepEqual(
      readCsv(file)
        .slice(1)
        .map((fields) => [fields[1], fields[2]]),
      texts.map((one) => [one, undefined]),
    );
    assert.match(file, /,"",,/);
  });
});

describe('rows as NDJSON', () => {
  it('are read back as they were', () =>
    fc.assert(
      fc.asyncProperty(batches, async (rows) => {
        const lines = (await written(ndjsonFormat, rows)).toString().split('\n').slice(0, -1);
        const read = lines.map((line) => Object.entries(JSON.parse(line) as object));
        const expected = rows.flat().map((values) =>
          columns.map(({ name, type }, index) => {
            const value = values[index];
            if (value === undefined) return [name, null];
            if (type === 'timestamptz') return [name, formatTimeUs(Number(value))];
            if (type === 'jsonb') return [name, JSON.parse(String(value))];
            return [name, type === 'bigint' ? Number(value) : value];
          }),
        );
        assert.deepEqual(read, expected);
      }),
    ));

  it('have every digit of a large integer', async () => {
    const [first] = fc.sample(row, { numRuns: 1, seed: 1 });
    const file = await written(ndjsonFormat, [[(first as ExportRow).with(4, 9_223_372_036_854_775_807n)]]);
    assert.match(file.toString(), /"log_offset":9223372036854775807,/);
  });
});

for (const format of [csvFormat, ndjsonFormat]) {
  describe(`a file of rows as ${format.format}`, () => {
    it('is certified when it is what was written', () =>
      fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 40 }), async (rows, chunkBytes) => {
          const bytes = await written(format, rows);
          const expected = { columns, rows: rows.flat().length };
          const { problems, conformance } = await format.certify(fileOf(bytes, undefined, chunkBytes), expected);
          assert.deepEqual(problems, []);
          assert.equal(conformance.sha256, digestOf(bytes));
          assert.equal(conformance.rows, expected.rows);
          assert.deepEqual(
            (conformance.columns as readonly { nulls: number }[]).map(({ nulls }) => nulls),
            columns.map((_, index) => rows.flat().filter((values) => values[index] === undefined).length),
          );
        }),
        { numRuns: 50 },
      ));

    it('is refused when it is cut, a byte is another, or a row, a column or a value is not as it was', async () => {
      const rows = fc.sample(row, { numRuns: 40, seed: 13 });
      const bytes = await written(format, [rows]);
      const refusal = async (mutant: Buffer, digest?: string, expected = { columns, rows: rows.length }) => {
        const { problems } = await format.certify(fileOf(mutant, digest, 1000), expected);
        assert.notDeepEqual(problems, []);
        return problems.join(' ');
      };
      for (let at = 0; at < bytes.byteLength; at += 97) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        assert.match(await refusal(flipped, digestOf(bytes)), /digest|UTF-8/);
      }
      assert.match(await refusal(bytes.subarray(0, -1)), /whole line/);
      assert.match(await refusal(bytes, undefined, { columns, rows: 41 }), /has 40 rows, and 41 were written/);
      assert.match(await refusal(Buffer.concat([bytes, Buffer.from([0xff])])), /no UTF-8/);
      const renamed = columns.map((column) => ({ ...column, name: column.name.replace('count', 'sum') }));
      assert.match(await refusal(bytes, undefined, { columns: renamed, rows: 40 }), /sum/);
      const required = columns.map((column) => ({ ...column, nullable: false }));
      assert.match(await refusal(bytes, undefined, { columns: required, rows: 40 }), /must have a value/);
      const other = columns.map((column) => (column.name === 'text' ? { ...column, type: 'uuid' as const } : column));
      assert.match(await refusal(bytes, undefined, { columns: other, rows: 40 }), /in text that is no uuid/);
    });

    it('is not begun with a value that its column cannot have', async () => {
      const [first = []] = fc.sample(row, { numRuns: 1, seed: 1 });
      const wrong: readonly (readonly [number, ExportRow[number]])[] = [
        ...([
          [1, 1],
          [3, 1.5],
          [4, 'x'],
          [5, Number.NaN],
          [5, Number.POSITIVE_INFINITY],
          [6, 'true'],
        ] as const),
        ...([
          [7, '2026'],
          [7, 0.5],
          [8, 1],
        ] as const),
      ];
      for (const [index, value] of wrong)
        await assert.rejects(written(format, [[first.with(index, value)]]), TypeError, `${index}: ${value}`);
    });
  });
}
