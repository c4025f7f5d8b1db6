import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fold, Row, Table } from '@plenum/read-model';
import { foldEntries, type Writes } from './fold-entries.ts';

const about = 'For the tests.';
const table: Table = {
  name: 'counts',
  about,
  columns: {
    name: { type: 'text', about },
    count: { type: 'integer', about },
    label: { type: 'text', nullable: true, about },
  },
  key: ['name'],
};
const labelled: Table = { ...table, indexes: [{ on: ['label'], unique: true }] };

/** Adds; a sum of zero ends the row. */
const foldInto = (into: Table): Fold<unknown> => ({
  table: into,
  keyOf: (entry) => ({ name: (entry as Row).name }),
  fold: (row, entry) => {
    const { name, count, label } = entry as Row;
    const sum = Number(row?.count ?? 0) + Number(count);
    return sum === 0 ? undefined : { name, count: sum, label };
  },
});

const writesOf = async (
  into: Table,
  entries: readonly Row[],
  remembered: readonly Row[] = [],
): Promise<readonly Writes[]> => {
  const rows = new Map(remembered.map((row) => [String(row.name), row]));
  const load = async (): Promise<ReadonlyMap<string, Row>> => new Map([['loaded', { name: 'loaded', count: 10 }]]);
  const { writes } = await foldEntries({ load }, foldInto(into), { entries, remembered: () => rows });
  return writes;
};

describe('what rows were in the store', () => {
  it('is said of those that were remembered or loaded, and of no others', async () => {
    const remembered = [
      { name: 'ended', count: 1 },
      { name: 'known', count: 5 },
    ];
    const entries = [
      { name: 'new', count: 1 },
      { name: 'known', count: 1 },
      { name: 'ended', count: -1 },
      { name: 'loaded', count: 1 },
      { name: 'known', count: 1 },
    ];
    const [written, ...others] = await writesOf(table, entries, remembered);
    assert.deepEqual(others, []);
    assert.deepEqual(
      written?.changed.map(({ name, count }) => `${name} ${count}`),
      ['known 7', 'loaded 11', 'new 1'],
    );
    assert.deepEqual(written?.before, [{ name: 'known', count: 5 }, { name: 'loaded', count: 10 }, undefined]);
    assert.deepEqual(written?.ended, [{ name: 'ended' }]);
  });

  it('is what it was before all that is written together, though the row ended in between', async () => {
    const known = { name: 'known', count: 5 };
    const entries = [-5, 2].map((count) => ({ name: 'known', count }));
    const [written] = await writesOf(table, entries, [known]);
    assert.deepEqual(written?.before, [known]);
    assert.deepEqual(written?.ended, []);
  });

  it('is said of none where values are unique, since rows that change end first', async () => {
    const entries = ['one', 'two'].map((label) => ({ name: 'known', count: 1, label }));
    const writes = await writesOf(labelled, entries, [{ name: 'known', count: 5, label: 'none' }]);
    assert.deepEqual(
      writes.map(({ before, ended }) => [before, ended]),
      [
        [[undefined], [{ name: 'known' }]],
        [[undefined], [{ name: 'known' }]],
      ],
    );
  });
});
