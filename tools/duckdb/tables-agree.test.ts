/** The same rows as CSV, NDJSON and Parquet, read by DuckDB, which none of them was written with. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { parquetFormat } from '@plenum/parquet';
import { csvFormat, ndjsonFormat } from '@plenum/rows';
import { batchOfRows, type ExportColumn, type ExportRow, type RowFormatWriter } from '@plenum/runtime';
import fc from 'fast-check';
import { pythonEnvironment } from '../examples/python-environment.ts';

const { python = '', skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));

const columns: readonly ExportColumn[] = [
  { name: 'event_id', type: 'uuid', nullable: false },
  { name: 'a text, "quoted"', type: 'text', nullable: false },
  { name: 'note', type: 'text', nullable: true },
  { name: 'count', type: 'integer', nullable: true },
  { name: 'log_offset', type: 'bigint', nullable: false },
  { name: 'value', type: 'double precision', nullable: true },
  { name: 'is_on', type: 'boolean', nullable: true },
  { name: 'time', type: 'timestamptz', nullable: false },
  { name: 'seen', type: 'timestamptz', nullable: true },
  { name: 'metadata', type: 'jsonb', nullable: true },
];

const hostile = [
  ...['', ' ', '"', '""', "'", ',', ';', '\t', '\r\n', '\n', '\r', 'a\r\nb,"c"', '\\', '\\.', '\\n', '\\u0041', '\\N'],
  ...['NULL', 'null', 'true', '1', '-1', '=1+1', "=cmd|' /C calc'!A0", '+49 30', '@x', '#', '<script>', '%%c'],
  ...['\uFEFFx', '\u2028', '\u202Ertl', '😀', 'é', 'e\u0301', '\u0001', '\u007F', '\u0085', 'x'.repeat(5_000)],
];
const character = fc.string({ unit: 'binary' }).map((one) => one.toWellFormed().replaceAll('\0', '\uFFFD'));
const texts = fc.oneof(fc.constantFrom(...hostile), character);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 4 });
/** Whole microseconds, about as far as numbers go. */
const timesUs = fc.oneof(
  fc.constantFrom(0, -1, 1, 999_999, -8_990_000_000_000_001, 8_960_000_000_000_001),
  fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_799_999_999 }),
);
const doubles = fc.oneof(
  fc.constantFrom(0, -0, 0.1, 5e-324, 1.7976931348623157e308, -1e21, 1e-7, 123456789.123456),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const bigints = fc.oneof(
  fc.constantFrom(0n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const json = fc.record({ text: texts, list: fc.array(fc.integer()) }).map((one) => JSON.stringify(one));
const row: fc.Arbitrary<ExportRow> = fc.tuple(
  ...[fc.uuid(), texts, maybe(texts), maybe(fc.integer()), bigints, maybe(doubles), maybe(fc.boolean())],
  ...[timesUs, maybe(timesUs), maybe(json)],
);

type Read = { readonly types: readonly unknown[]; readonly rows: readonly (readonly (string | null)[])[] };

const read = async (format: string, file: string): Promise<Read> => {
  const reader = spawn(python, [path.join(import.meta.dirname, 'read_tables.py'), format, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  reader.stdin.end(JSON.stringify(columns.map(({ name, type }) => [name, type])));
  return JSON.parse(await text(reader.stdout)) as Read; // As `read_tables.py` writes it.
};

const bytesOf = async ({ write }: RowFormatWriter, rows: readonly ExportRow[]): Promise<Buffer> => {
  const batches = async function* () {
    for (let at = 0; at < rows.length; at += 64) yield batchOfRows(columns, rows.slice(at, at + 64));
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of write(columns, batches())) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Texts as they are; numbers as numbers, for there is more than one text of each. */
const comparable = (value: ExportRow[number] | null, { type }: ExportColumn): unknown => {
  if (value === undefined || value === null) return undefined;
  if (type === 'double precision') return Number(value);
  return type === 'jsonb' ? JSON.parse(String(value)) : String(value);
};

describe('rows as DuckDB reads them', { skip }, () => {
  const rows = fc.sample(row, { numRuns: 200, seed: 13 });
  const every = rows.concat(hostile.map((one, at) => (rows[at] as ExportRow).with(1, one).with(2, one)));
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'plenum-duckdb-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const format of [csvFormat, ndjsonFormat, parquetFormat]) {
    it(`are the same as they were, from ${format.format}`, async () => {
      const file = path.join(folder, `rows.${format.format}`);
      await writeFile(file, await bytesOf(format, every));
      const found = await read(format.format, file);
      assert.equal(found.rows.length, every.length);
      for (const [at, values] of found.rows.entries()) {
        for (const [index, column] of columns.entries()) {
          const is = comparable(values[index] ?? null, column);
          assert.deepEqual(is, comparable(every[at]?.[index], column), `${column.name} of row ${at}`);
        }
      }
      const types = ['UUID', 'VARCHAR', 'VARCHAR', 'INTEGER', 'BIGINT', 'DOUBLE', 'BOOLEAN'];
      const times = 'TIMESTAMP WITH TIME ZONE';
      const expected = [...types, times, times, 'JSON'].map((type, index) => [columns[index]?.name, type]);
      assert.deepEqual(found.types, expected);
    });
  }
});
