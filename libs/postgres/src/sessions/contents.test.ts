import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { contentChanges } from './contents.ts';
import type { ContentChange } from './operations.ts';

type Row = { qos: number; released: boolean };

/** As one statement for each change would do it. */
const oneByOne = (rows: Map<number, Row>, change: ContentChange): void => {
  if (change.kind === 'enqueue') rows.set(change.message.number, { qos: change.message.qos, released: false });
  if (change.kind === 'remove') rows.delete(change.number);
  if (change.kind === 'release') {
    const row = rows.get(change.number);
    if (row !== undefined) rows.set(change.number, { ...row, released: true });
  }
};

const number = fc.integer({ min: 1, max: 4 });
const changes = fc.array(
  fc.oneof(
    fc.tuple(number, fc.constantFrom<1 | 2>(1, 2)).map(([its, qos]): ContentChange => {
      const message = { number: its, qos, body: new Uint8Array(), expiresAtMs: undefined };
      return { kind: 'enqueue', message };
    }),
    number.map((its): ContentChange => ({ kind: 'release', number: its })),
    number.map((its): ContentChange => ({ kind: 'remove', number: its })),
  ),
);

it('messages that are changed together end as if they were changed one after the other', () => {
  fc.assert(
    fc.property(fc.subarray([1, 2, 3, 4]), changes, (before, all) => {
      const rows = () => new Map(before.map((one): [number, Row] => [one, { qos: 1, released: false }]));
      const [expected, found] = [rows(), rows()];
      const together = contentChanges();
      for (const change of all) {
        oneByOne(expected, change);
        together.add(7, change);
      }
      const { put, released, removed } = together.messages();
      for (const { message, ...one } of put) found.set(message.number, { qos: message.qos, released: one.released });
      for (const one of released) oneByOne(found, { kind: 'release', number: one.number });
      for (const one of removed) found.delete(one.number);
      assert.deepEqual(found, expected);
      const named = [
        ...put.map(({ message }) => message.number),
        ...[...released, ...removed].map((one) => one.number),
      ];
      assert.equal(new Set(named).size, named.length, 'no row is changed by two statements');
    }),
  );
});
