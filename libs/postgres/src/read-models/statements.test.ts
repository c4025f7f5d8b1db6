import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Row, Table } from '@plenum/read-model';
import { tableStatements } from './statements.ts';

const about = 'For the tests.';
const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
const tableOf = (more: Partial<Table> = {}): Table => ({
  name: 'wide',
  about,
  columns: Object.fromEntries(['key', ...columns].map((name) => [name, { type: 'integer', about }])),
  key: ['key'],
  ...more,
});
const row: Row = Object.fromEntries(['key', ...columns].map((name) => [name, 0]));
const withChanges = (names: readonly string[]): Row => ({
  ...row,
  ...Object.fromEntries(names.map((name) => [name, 1])),
});

/** Of each statement the columns it sets. */
const changedBy = (statements: ReturnType<typeof tableStatements>, names: readonly string[]): readonly string[] =>
  statements
    .save([withChanges(names), withChanges([])], [row, row])
    .map(({ text }) => [...text.matchAll(/"(\w+)" = changed/g)].map(([, name]) => name).join(''));

describe('rows that are known to be there', () => {
  it('have those columns written that differ in any of them, and are not touched when none does', () => {
    const statements = tableStatements('s', tableOf());
    assert.deepEqual(changedBy(statements, ['c']), ['c']);
    assert.deepEqual(changedBy(statements, ['b', 'd']), ['bd']);
    assert.deepEqual(changedBy(statements, ['c']), ['c']);
    assert.deepEqual(changedBy(statements, []), []);
  });

  it('take no more than so many statements, the narrowest that will do', () => {
    const statements = tableStatements('s', tableOf());
    const texts = new Set<string>();
    for (const name of columns) {
      const [statement] = statements.save([withChanges([name])], [row]);
      texts.add(statement?.text ?? '');
    }
    assert.equal(texts.size, 8);
    assert.deepEqual(changedBy(statements, ['a']), ['a']);
    assert.deepEqual(changedBy(statements, ['l']), [columns.join('')]);
  });

  it('are told from those that are not by the row, and all are replaced where a table has partitions', () => {
    const rows = [row, { ...row, key: 1, a: 1 }, { ...row, key: 2 }];
    const before = [undefined, { ...row, key: 1 }, undefined];
    const kinds = (table: Table): readonly string[] =>
      tableStatements('s', table)
        .save(rows, before)
        .map(({ text, values = [] }) => `${text.slice(0, 6)} ${(values[0] as Buffer).readInt32BE(12)}`);
    assert.deepEqual(kinds(tableOf()), ['merge  1', 'insert 2']);
    assert.deepEqual(kinds(tableOf({ partitionedBy: 'key' })), ['insert 3']);
  });
});
