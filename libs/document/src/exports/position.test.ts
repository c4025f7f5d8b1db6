import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asOfGiven, positionJson, positionOfJson, positionText } from './position.ts';

const position = { 'plenum.b': [0n, 2n ** 58n], 'plenum.a': [7n] };

it('comes back from what clients are given, and is one text for one position', () => {
  const json = positionJson(position);
  assert.deepEqual(positionOfJson(json), position);
  assert.deepEqual(asOfGiven(positionText(json)), { position });
  const sameInOtherOrder = { 'plenum.a': [7n], 'plenum.b': [0n, 2n ** 58n] };
  assert.equal(positionText(positionJson(sameInOtherOrder)), positionText(json));
});

it('is read from what the API says of its answers', () => {
  const header = positionText({ 'readings.v2.g1/plenum.a': ['7'] });
  assert.deepEqual(asOfGiven(header), { position: { 'plenum.a': [7n] } });
});

it('is a time where it looks like one, and nothing else', () => {
  assert.deepEqual(asOfGiven('1970-01-01T00:00:01Z'), { timeUs: 1_000_000 });
  for (const text of [
    '',
    'x',
    '../../etc/passwd',
    positionText({}),
    btoa('[1]'),
    btoa('{"a":[-1]}'),
    btoa('{"a":1}'),
    btoa('null'),
  ]) {
    assert.equal(asOfGiven(text), undefined, text);
  }
});
