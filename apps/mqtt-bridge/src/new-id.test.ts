import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isUuid } from '@plenum/event';
import { idsInOrder } from './new-id.ts';

it('makes ids that grow, also within one millisecond, and are never the same', () => {
  const newId = idsInOrder();
  const ids = Array.from({ length: 8000 }, (_, n) => newId(1_790_000_000_000_000 + Math.floor(n / 4000) * 1000));
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => isUuid(id) && id[14] === '7'));
});
