import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonPage } from '@plenum/read-model';
import fc from 'fast-check';
import { PageRows } from './page-rows.ts';
import type { WireRows } from './row-json.ts';
import { type SentColumn, sentRows } from './testing/wire-rows.ts';

const whole: JsonPage = { rowsMax: 1_000, bytesMax: 10_000_000, head: '[', tail: () => ']' };

const textOf = (rows: WireRows, page: Partial<JsonPage> = {}): string =>
  Buffer.from(new PageRows(rows, {}).writeJson({ ...whole, ...page })).toString();

/**
 * Without a function V8 14.6 takes the key of `{"k":1,"1\"":2}` for `1\`, where it has just met an object with the keys `k` and `1\`: it
 * compares the text of a key with an escape in it with the key that it expects.
 */
const parsed = (json: string): unknown => JSON.parse(json, (_, value) => value);

/** The page made through objects. */
const throughObjects = (rows: WireRows): unknown => parsed(JSON.stringify([...new PageRows(rows, {})]));

/** No NUL and no half of a surrogate pair: PostgreSQL has neither. */
const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((given) => given.replaceAll('\0', '').toWellFormed())
  .chain((given) => fc.constantFrom(given, `${given}"`, `\\${given}`, `\u2028${given}😀`, `${given}\n\t\u0001\u007f`));
const digits = fc.nat({ max: 999_999 }).map((us) => String(us).padStart(6, '0').replace(/0+$/, ''));
const time = fc
  .tuple(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), digits)
  .map(([date, us]) => `${date.toISOString().slice(0, 19).replace('T', ' ')}${us === '' ? '' : `.${us}`}+00`);
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? '-0' : String(value))),
  fc.constantFrom('-0', '1e-07', '1e+21', '1e+308', '-5e-324', 'NaN', 'Infinity', '-Infinity'),
);

/** What PostgreSQL may write of each type. */
const sent: Readonly<Record<number, fc.Arbitrary<string>>> = {
  16: fc.constantFrom('t', 'f'),
  20: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  21: fc.integer({ min: -32_768, max: 32_767 }).map(String),
  23: fc.integer().map(String),
  25: text,
  114: fc.json({ noUnicodeString: false }),
  701: double,
  1043: text,
  1184: fc.oneof(
    time,
    fc.constantFrom('infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC'),
  ),
  1700: fc.constantFrom('NaN', '0', '-0.50', '123456789012345678901234567890.5'),
  2950: fc.uuid(),
  3802: fc.json().map((json) => json.replaceAll(':', ': ')),
  // Not written from their bytes: bytea, text[], date.
  17: fc.constantFrom('\\x', '\\x01ff'),
  1009: fc.constantFrom('{}', '{a,"b \\" c",NULL}'),
  1082: fc.constant('2026-03-04'),
};

const table = fc
  .array(fc.tuple(text, fc.constantFrom(...Object.keys(sent).map(Number))), { maxLength: 8 })
  .map((columns) => columns.map(([name, type], index): SentColumn => ({ name: `${index}${name}`, type })))
  .chain((columns) =>
    fc
      .array(fc.tuple(...columns.map(({ type }) => fc.option(sent[type] ?? fc.constant(''), { freq: 5 }))), {
        maxLength: 9,
      })
      .map((rows) => sentRows(columns, rows)),
  );

test('rows written from their bytes are the rows made through objects', () => {
  fc.assert(
    fc.property(table, (rows) => assert.deepEqual(parsed(textOf(rows)), throughObjects(rows))),
    {
      numRuns: 1_000,
    },
  );
});

test('texts, times and numbers are written byte by byte as JSON.stringify writes them', () => {
  const column = (type: number): SentColumn => ({ name: 'x', type });
  fc.assert(
    fc.property(
      fc.oneof(
        text.map((one) => [25, one] as const),
        time.map((one) => [1184, one] as const),
      ),
      ([type, one]) => {
        const rows = sentRows([column(type)], [[one]]);
        assert.equal(textOf(rows), JSON.stringify([...new PageRows(rows, {})]));
      },
    ),
  );
  const numbers = sentRows([column(701)], [['-0'], ['1e-07'], ['NaN'], ['-Infinity'], ['9007199254740993'], [null]]);
  assert.equal(textOf(numbers), '[{"x":0},{"x":1e-07},{"x":null},{"x":null},{"x":9007199254740993},{"x":null}]');
});

test('a page has as many rows as fit into its bytes, and the first in any case', () => {
  const lengths = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lengths, fc.nat({ max: 3_000 }), fc.integer({ min: 1, max: 25 }), (all, bytesMax, rowsMax) => {
      // A control character takes six bytes, so the buffer has to grow while a row is written.
      const rows = sentRows(
        [{ name: 'x', type: 25 }],
        all.map((length) => ['\u0001ü'.repeat(length)]),
      );
      const items = [...new PageRows(rows, {})].map((row) => JSON.stringify(row));
      const fit = items.findIndex(
        (_, index) =>
          items.slice(0, index + 1).join(',').length > 0 &&
          Buffer.byteLength(items.slice(0, index + 1).join(',')) > bytesMax,
      );
      const expected = Math.min(rowsMax, items.length, fit === -1 ? items.length : Math.max(1, fit));
      const json = textOf(rows, { bytesMax, rowsMax, head: '{"ü":[', tail: (written) => `],"n":${written}}` });
      assert.equal(json, `{"ü":[${items.slice(0, expected).join(',')}],"n":${expected}}`);
    }),
  );
});

test('no rows, and rows without columns, are JSON too', () => {
  assert.equal(textOf(sentRows([{ name: 'x', type: 25 }], [])), '[]');
  assert.equal(textOf(sentRows([], [[], []])), '[{},{}]');
});

test('one row is made when one is asked for, from either end', () => {
  const rows = new PageRows<{ readonly x: string }>(sentRows([{ name: 'x', type: 25 }], [['a'], ['b'], [null]]), {});
  assert.deepEqual([rows.at(0), rows.at(-1), rows.at(3), rows.at(-4)], [{ x: 'a' }, { x: null }, undefined, undefined]);
  assert.deepEqual([rows.length, rows.map(({ x }) => x)], [3, ['a', 'b', null]]);
});
