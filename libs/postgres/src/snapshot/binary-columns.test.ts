import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ExportColumn, type ExportRow, rowsOfBatch } from '@plenum/runtime';
import fc from 'fast-check';
import { binaryColumns } from './binary-columns.ts';

const types = ['text', 'jsonb', 'uuid', 'timestamptz', 'bigint', 'integer', 'double precision', 'boolean'] as const;
const columns: readonly ExportColumn[] = types.map((type) => ({ name: type, type, nullable: true }));

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 4 });
const text = fc.oneof(fc.constantFrom('', 'ceiling_node_001', 'é', '😀'), fc.string({ unit: 'grapheme' }));
const row: fc.Arbitrary<ExportRow> = fc.tuple(
  ...[maybe(text), maybe(fc.json()), maybe(fc.uuid())],
  maybe(fc.integer({ min: -62_135_596_800_000_000, max: Number.MAX_SAFE_INTEGER })),
  maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  ...[maybe(fc.double({ noNaN: true })), maybe(fc.boolean())],
);

const number = (bytes: 2 | 4, value: number): Buffer => {
  const written = Buffer.alloc(bytes);
  written.writeIntBE(value, 0, bytes);
  return written;
};

const int64 = (value: bigint): Buffer => {
  const written = Buffer.alloc(8);
  written.writeBigInt64BE(value);
  return written;
};

const double = (value: number): Buffer => {
  const written = Buffer.alloc(8);
  written.writeDoubleBE(value);
  return written;
};

const sent = (type: (typeof types)[number], value: ExportRow[number]): Buffer => {
  switch (type) {
    case 'text':
      return Buffer.from(String(value));
    case 'jsonb':
      return Buffer.from(`\u0001${value}`);
    case 'uuid':
      return Buffer.from(String(value).replaceAll('-', ''), 'hex');
    case 'timestamptz':
      return int64(BigInt(value as number) - BigInt(Date.UTC(2000)) * 1_000n);
    case 'bigint':
      return int64(value as bigint);
    case 'integer':
      return number(4, value as number);
    case 'double precision':
      return double(value as number);
    case 'boolean':
      return Buffer.from([Number(value)]);
  }
};

const field = (value: ExportRow[number], index: number): readonly Buffer[] => {
  if (value === undefined) return [number(4, -1)];
  const bytes = sent(types[index] as (typeof types)[number], value);
  return [number(4, bytes.length), bytes];
};

const copied = (rows: readonly ExportRow[]): Buffer =>
  Buffer.concat([
    ...[Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)],
    ...rows.flatMap((one) => [number(2, columns.length), ...one.flatMap(field)]),
    number(2, -1),
  ]);

describe('rows in the binary form of COPY', () => {
  it('are what was sent, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 60 })), (rows, cuts) => {
        const bytes = copied(rows);
        const taking = binaryColumns(columns);
        const found: ExportRow[] = [];
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          found.push(...rowsOfBatch(columns, taking.take(bytes.subarray(at, at + length))));
          at = Math.min(bytes.length, at + length);
        }
        assert.deepEqual(found, rows);
        assert.ok(taking.isWhole());
      }),
    );
  });

  it('are not whole before their end', () => {
    const taking = binaryColumns(columns);
    assert.equal(taking.take(copied([]).subarray(0, -1)).rows, 0);
    assert.ok(!taking.isWhole());
  });

  it('have as many columns as were asked for', () => {
    assert.throws(
      () => binaryColumns(columns.slice(1)).take(copied([columns.map(() => undefined)])),
      /8 columns, not 7/,
    );
  });
});
