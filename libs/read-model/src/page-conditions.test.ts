import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageConditions } from './page-conditions.ts';

it('are those that are asked for, with their values as parameters', () => {
  const { parameters, add, equal, within, after, all } = pageConditions();
  assert.equal(all(), 'true');
  equal({ 't.a': 1, 't.b': undefined, 't.c': false });
  within('t.time', { fromUs: 0, toUs: undefined });
  after(['t.time', 't.id'], ['1970-01-01T00:00:01.000000Z', 'x'], 'desc');
  after(['t.id'], undefined);
  add('t.d is null');
  assert.equal(
    all(),
    't.a = $1 and t.c = $2 and t.time >= $3::timestamptz and (t.time, t.id) < ($4, $5) and t.d is null',
  );
  assert.deepEqual(parameters, [1, false, '1970-01-01T00:00:00.000000Z', '1970-01-01T00:00:01.000000Z', 'x']);
});
