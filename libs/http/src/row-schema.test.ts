import assert from 'node:assert/strict';
import { it } from 'node:test';
import { columnsWithout, defineTable, type ShownRow } from '@plenum/read-model';
import { type Static, Type } from 'typebox';
import { rowSchema } from './row-schema.ts';

const table = defineTable({
  name: 'things',
  about: '',
  columns: {
    id: { type: 'uuid', about: 'Which.' },
    seen_at: { type: 'timestamptz', nullable: true, about: 'When.' },
    count: { type: 'bigint', about: 'How many.' },
    share: { type: 'double precision', about: 'Of all.' },
    is_new: { type: 'boolean', about: 'Whether.' },
    tags: { type: 'jsonb', json: 'texts', about: 'Words.' },
    more: { type: 'jsonb', nullable: true, about: 'All else.' },
    name: { type: 'personal', personal: { person: 'id', places: [] }, about: 'Who.' },
    payload: { type: 'bytea', about: 'Bytes.' },
  },
  key: ['id'],
});

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const isSame = <A, B>(same: Same<A, B>): void => assert.equal(same, true);

it('has each column that is shown, with its type and what it is about', () => {
  const schema = rowSchema('Thing', table);
  isSame<Static<typeof schema>, ShownRow<typeof table>>(true);
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), {
    title: 'Thing',
    type: 'object',
    required: ['id', 'seen_at', 'count', 'share', 'is_new', 'tags', 'more', 'name'],
    properties: {
      id: { type: 'string', description: 'Which.' },
      seen_at: { type: ['string', 'null'], format: 'date-time', description: 'When.' },
      count: { type: 'integer', description: 'How many.' },
      share: { type: 'number', description: 'Of all.' },
      is_new: { type: 'boolean', description: 'Whether.' },
      tags: { type: 'array', items: { type: 'string' }, description: 'Words.' },
      more: { type: ['object', 'null'], additionalProperties: true, description: 'All else.' },
      name: { type: ['string', 'null'], description: 'Who.' },
    },
  });
});

it('has fields beside the columns, and columns left out', () => {
  const schema = rowSchema('Thing', columnsWithout(table, 'seen_at', 'tags', 'more', 'name', 'share', 'is_new'), {
    is_stale: Type.Boolean(),
  });
  const shown: Static<typeof schema> = { id: 'a', count: 1, is_stale: true };
  assert.deepEqual(Object.keys((schema as unknown as { readonly properties: object }).properties), Object.keys(shown));
});
