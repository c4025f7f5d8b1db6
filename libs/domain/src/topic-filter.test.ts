import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { overlap, topicMatcher } from './topic-filter.ts';

describe('topic filters', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['ceiling/#', 'ceiling/nodes/n1/status', true],
    ['ceiling/#', 'ceiling', true],
    ['ceiling/#', 'ceilings/nodes', false],
    ['#', 'anything/at/all', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a//c', true],
    ['a/+/c', 'a/b/c/d', false],
    ['a/+', 'a', false],
    ['a/+/#', 'a/b', true],
    ['a/+/#', 'a', false],
    ['a/b', 'a/b', true],
    ['a/b', 'a/bc', false],
  ];
  for (const [filter, topic, expected] of cases) {
    it(`${filter} ${expected ? 'matches' : 'does not match'} ${topic}`, () => {
      assert.equal(topicMatcher(filter)(topic), expected);
    });
  }

  const level = fc.constantFrom('', 'a', 'b');
  const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
  const filters = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 }), fc.boolean())
    .filter(([levels, open]) => open || levels.length > 0)
    .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'));

  it('overlap where one topic matches both', () => {
    fc.assert(
      fc.property(filters, filters, topics, (one, other, topic) => {
        if (topicMatcher(one)(topic) && topicMatcher(other)(topic)) assert.ok(overlap(one, other));
      }),
    );
  });

  it('do not overlap where no topic can match both', () => {
    for (const [one, other] of [
      ['a/#', 'b/#'],
      ['a/+/c', 'a/+/d'],
      ['a/+', 'a/+/b'],
      ['a', 'a/b'],
    ] as const) {
      assert.equal(overlap(one, other), false, `${one} ${other}`);
      assert.equal(overlap(other, one), false, `${other} ${one}`);
    }
  });
});
