import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineFold, defineProjection } from './define-projection.ts';
import { foldProjection } from './fold-projection.ts';
import type { Recorded } from './recorded.ts';
import { keyText, type Table } from './table.ts';

type Coin = { readonly id: string; readonly purse: string; readonly cents: bigint };
type Purse = { readonly purse: string; readonly cents: bigint };

const text = { type: 'text', about: '' } as const;
const bigint = { type: 'bigint', about: '' } as const;

const coins: Table<Coin> = {
  name: 'coins',
  about: '',
  columns: { id: text, purse: text, cents: bigint },
  key: ['id'],
};
const purses = defineFold<Coin, Purse>({
  table: { name: 'purses', about: '', columns: { purse: text, cents: bigint }, key: ['purse'] },
  keyOf: ({ purse }) => ({ purse }),
  fold: (row, { purse, cents }) => ({ purse, cents: (row?.cents ?? 0n) + cents }),
});
const projection = defineProjection<Coin>({
  name: 'money',
  version: 1,
  about: '',
  topics: ['coins'],
  entry: ({ event }) => (event.type === 'coin' ? (event.data as Coin) : undefined),
  ledger: coins,
  folds: [purses],
});

const coin = (id: string, purse: string, cents: bigint): Recorded => ({
  event: { id, type: 'coin', source: '', effectiveTimeUs: 0, recordedTimeUs: 0, data: { id, purse, cents } },
  partition: 0,
  offset: 0n,
});
const noise: Recorded = { ...coin('', '', 0n), event: { ...coin('', '', 0n).event, type: 'noise' } };

describe('foldProjection', () => {
  it('feeds the folds with new ledger rows only', () => {
    const tables = foldProjection(projection, [
      coin('a', 'red', 5n),
      noise,
      coin('a', 'red', 5n),
      coin('b', 'red', 2n),
    ]);
    assert.equal(tables.get('coins')?.size, 2);
    assert.deepEqual(tables.get('purses'), new Map([['red', { purse: 'red', cents: 7n }]]));
  });

  it('has every table of the projection, even without events', () => {
    assert.deepEqual([...foldProjection(projection, []).keys()], ['coins', 'purses']);
  });
});

it('keeps keys of several columns apart', () => {
  const table: Table = { name: 't', about: '', columns: { a: text, b: text }, key: ['a', 'b'] };
  assert.notEqual(keyText(table, { a: 'x', b: 'yz' }), keyText(table, { a: 'xy', b: 'z' }));
});
