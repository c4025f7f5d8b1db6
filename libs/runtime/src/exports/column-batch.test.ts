import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { batchOfRows, rowsOfBatch } from './column-batch.ts';
import type { ExportColumn, ExportRow } from './export-column.ts';
import { stringsOf, textsOf } from './texts.ts';

const types = ['text', 'jsonb', 'uuid', 'timestamptz', 'bigint', 'integer', 'double precision', 'boolean'] as const;
const columns: readonly ExportColumn[] = types.map((type) => ({ name: type, type, nullable: true }));

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 3 });
const text = fc.oneof(fc.constantFrom('', 'a', '\uFEFF', '😀'), fc.string({ unit: 'binary' }));
const row: fc.Arbitrary<ExportRow> = fc.tuple(
  ...[maybe(text.map((one) => one.toWellFormed())), maybe(fc.json()), maybe(fc.uuid()), maybe(fc.maxSafeInteger())],
  maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  ...[maybe(fc.integer()), maybe(fc.double({ noNaN: true, noDefaultInfinity: true })), maybe(fc.boolean())],
);

it('gives rows as columns and back', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const batch = batchOfRows(columns, rows);
      assert.equal(batch.rows, rows.length);
      assert.deepEqual([...rowsOfBatch(columns, batch)], rows);
    }),
  );
});

it('refuses what a column cannot have, and says which', () => {
  const required = columns.map((column) => ({ ...column, nullable: false }));
  const wrong: readonly ExportRow[number][] = [1, 2, 'x', 0.5, 2n ** 63n, 2 ** 31, Number.NaN, 1];
  for (const [index, value] of wrong.entries()) {
    const given = columns.map((_, at) => (at === index ? value : undefined));
    const expected = new TypeError(`The column ${types[index]} is ${types[index]} and cannot have ${value}`);
    assert.throws(() => batchOfRows(columns, [given]), expected);
    assert.throws(() => batchOfRows(required.slice(index, index + 1), [[undefined]]), /cannot have undefined/);
  }
});

it('keeps texts apart that would be others together', () => {
  const halves = ['a\uD83D', '\uDE00b'];
  assert.deepEqual(
    stringsOf(textsOf(halves)),
    halves.map((half) => half.toWellFormed()),
  );
});
