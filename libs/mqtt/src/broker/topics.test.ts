import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientIdProblem, filterProblem, topicProblem } from './topics.ts';

it('takes the filters that MQTT 3.1.1, 4.7.1 gives as valid, and refuses the others', () => {
  for (const filter of ['#', '+', '/', 'a/#', 'a/+/b', '+/b/#', '/+', '/finance', 'a//b', 'sport/tennis/player1/#']) {
    assert.equal(filterProblem(filter), undefined, filter);
  }
  for (const filter of [
    '',
    'a#',
    '#/a',
    'a/#/b',
    'a+',
    '+a',
    'a/b+',
    'sport/tennis#',
    'sport/tennis/#/ranking',
    'a\0',
  ]) {
    assert.notEqual(filterProblem(filter), undefined, filter);
  }
  for (const filter of ['$SYS/#', '$share/group/ceiling/#', '$plenum/x']) {
    assert.notEqual(filterProblem(filter), undefined, filter);
  }
});

it('takes topic names without wildcards that do not begin with $', () => {
  for (const topic of ['a', '/', 'ceiling/nodes/n/status', 'a b/ü'])
    assert.equal(topicProblem(topic), undefined, topic);
  for (const topic of ['', 'a/+', '#', '$SYS/x', 'a\0b']) assert.notEqual(topicProblem(topic), undefined, topic);
});

it('takes client ids that can be printed and kept', () => {
  assert.equal(clientIdProblem('node-1', true), undefined);
  assert.equal(clientIdProblem('', true), undefined);
  assert.notEqual(clientIdProblem('', false), undefined);
  assert.notEqual(clientIdProblem('a\0b', true), undefined);
  assert.notEqual(clientIdProblem('x'.repeat(257), true), undefined);
});
