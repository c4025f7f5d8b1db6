import assert from 'node:assert/strict';
import { it } from 'node:test';
import { columnsWithout, type EncryptedRow, personalNames, type ShownRow, selectedColumns } from './shown-row.ts';
import { defineTable } from './table.ts';

const table = defineTable({
  name: 'things',
  about: '',
  columns: {
    id: { type: 'uuid', about: '' },
    timestamp: { type: 'timestamptz', nullable: true, about: '' },
    count: { type: 'bigint', about: '' },
    tags: { type: 'jsonb', json: 'texts', about: '' },
    more: { type: 'jsonb', nullable: true, about: '' },
    name: { type: 'personal', personal: { person: 'id', places: [] }, about: '' },
    payload: { type: 'bytea', about: '' },
    place: { type: 'geometry', about: '' },
  },
  key: ['id'],
});

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const isSame = <A, B>(same: Same<A, B>): void => assert.equal(same, true);

type Expected = {
  readonly id: string;
  readonly timestamp: string | null;
  readonly count: number;
  readonly tags: readonly string[];
  readonly more: Readonly<Record<string, unknown>> | null;
  readonly name: string | null;
};

it('shows each column as its type goes out, and neither bytes nor geometry', () => {
  isSame<ShownRow<typeof table>, Expected>(true);
  isSame<EncryptedRow<typeof table>['name'], Uint8Array | null>(true);
  isSame<Omit<EncryptedRow<typeof table>, 'name'>, Omit<Expected, 'name'>>(true);
  assert.equal(selectedColumns(table, 't'), 't."id", t."timestamp", t."count", t."tags", t."more", t."name"');
  assert.deepEqual(personalNames(table), ['name']);
});

it('leaves out what is not shown', () => {
  const part = columnsWithout(table, 'timestamp', 'tags', 'more', 'name');
  isSame<ShownRow<typeof part>, Pick<Expected, 'id' | 'count'>>(true);
  assert.equal(selectedColumns(part, 't'), 't."id", t."count"');
  assert.deepEqual(personalNames(part), []);
});
