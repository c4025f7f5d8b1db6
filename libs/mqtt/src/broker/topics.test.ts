import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientIdProblem, filterProblem, matches, topicProblem } from './topics.ts';

it('keeps what begins with $ for the broker', () => {
  for (const filter of ['$SYS/#', '$share/group/ceiling/#', '$plenum/x']) {
    assert.notEqual(filterProblem(filter), undefined, filter);
  }
  for (const filter of ['#', 'a/$b', '+/x']) assert.equal(filterProblem(filter), undefined, filter);
  assert.notEqual(topicProblem('$SYS/x'), undefined);
  assert.equal(topicProblem('a/$x'), undefined);
});

it('knows which topics a filter takes', () => {
  for (const [filter, topic] of [
    ['#', 'a/b'],
    ['a/#', 'a'],
    ['a/#', 'a/b/c'],
    ['+', 'a'],
    ['+/+', '/a'],
    ['a/+/c', 'a//c'],
    ['a', 'a'],
  ]) {
    assert.ok(matches(filter ?? '', topic ?? ''), `${filter} ${topic}`);
  }
  for (const [filter, topic] of [
    ['a', 'a/'],
    ['+', 'a/b'],
    ['a/+', 'a'],
    ['a/b/#', 'a'],
    ['a/#', 'b'],
    ['a/b', 'a'],
  ]) {
    assert.ok(!matches(filter ?? '', topic ?? ''), `${filter} ${topic}`);
  }
});

it('takes client ids that can be printed and kept', () => {
  assert.equal(clientIdProblem('node-1', true), undefined);
  assert.equal(clientIdProblem('', true), undefined);
  assert.notEqual(clientIdProblem('', false), undefined);
  assert.notEqual(clientIdProblem('a\u0001b', true), undefined);
  assert.notEqual(clientIdProblem('x'.repeat(257), true), undefined);
});
