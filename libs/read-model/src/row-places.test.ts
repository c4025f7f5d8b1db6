import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { rowPlaces } from './row-places.ts';
import { keyText, type Row, type Table } from './table.ts';

const column = (type: Table['columns'][string]['type']) => ({ type, about: '' });
const table: Table = {
  name: 't',
  about: '',
  columns: {
    name: column('text'),
    at: column('timestamptz'),
    place: column('bigint'),
    digest: column('bytea'),
    on: { ...column('boolean'), nullable: true },
    count: column('integer'),
  },
  key: ['name', 'at', 'place', 'digest', 'on'],
};

const aRow: fc.Arbitrary<Row> = fc.record({
  name: fc.constantFrom('', 'a', 'undefined', '1,2'),
  at: fc.constantFrom(0, -0, 1.5e15),
  place: fc.constantFrom(0n, 1n),
  digest: fc.uint8Array({ maxLength: 2, max: 2 }),
  on: fc.constantFrom(true, false, undefined),
  count: fc.nat(),
});

it('finds the rows that key texts distinguish, in the order in which their keys came', () => {
  fc.assert(
    fc.property(fc.array(aRow, { maxLength: 60 }), fc.integer({ min: 1, max: table.key.length }), (rows, columns) => {
      const keyed: Table = { ...table, key: table.key.slice(0, columns) };
      const places = rowPlaces(keyed);
      const expected = new Map<string, Row>();
      for (const row of rows) {
        const text = keyText(keyed, row);
        const place = places.of(row);
        assert.equal(place.row, expected.get(text));
        places.put(place, row);
        expected.set(text, row);
      }
      assert.deepEqual([...places.byKeyText()], [...expected]);
    }),
  );
});

it('shows no row where there is only a place', () => {
  const places = rowPlaces({ ...table, key: ['name'] });
  places.of({ name: 'looked for' });
  assert.equal(places.byKeyText().size, 0);
});
