import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { sharedProblem, topicNameProblem, topicNames, wildcardProblem } from './names.ts';

it('takes the filters that MQTT 3.1.1, 4.7.1 gives as valid, and refuses the others', () => {
  for (const filter of ['#', '+', '/', 'a/#', 'a/+/b', '+/b/#', '/+', '/finance', 'a//b', 'sport/tennis/player1/#']) {
    assert.equal(wildcardProblem(filter), undefined, filter);
  }
  for (const filter of ['', 'a#', '#/a', 'a/#/b', 'a+', '+a', 'a/b+', 'sport/tennis#', 'sport/tennis/#/ranking']) {
    assert.notEqual(wildcardProblem(filter), undefined, filter);
  }
});

it('takes topic names of at least one character, without wildcards and null', () => {
  for (const topic of ['a', '/', 'ceiling/nodes/n/status', 'a b/ü', '\uFEFFa', '\u{1f600}', '$SYS/x', 'a\\b']) {
    assert.equal(problemOf(Buffer.from(topic)), undefined, topic);
  }
  for (const topic of ['', 'a/+', '#', 'a\0b', 'ü/#', '\0']) {
    assert.notEqual(problemOf(Buffer.from(topic)), undefined, topic);
  }
  assert.match(problemOf(Buffer.from('ü/#')) ?? '', /wildcard/);
  assert.match(problemOf(Buffer.from([0x61, 0xe4])) ?? '', /not well-formed UTF-8 \(e4 at byte 1\)/);
});

it('looks at its part of the bytes alone', () => {
  const bytes = Buffer.from('#a/b#');
  assert.equal(topicNameProblem(bytes, 1, 4), undefined);
  assert.notEqual(topicNameProblem(bytes, 0, 4), undefined);
  assert.notEqual(topicNameProblem(bytes, 1, 5), undefined);
});

const problemOf = (topic: Uint8Array): string | undefined => topicNameProblem(topic, 0, topic.length);

it('remembers names without mixing them up', () => {
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '/', '+', '$', '\0', 'ü'), maxLength: 4 }),
    fc.constantFrom('x'.repeat(256), 'x'.repeat(257)),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 40 }), (all) => {
      const names = topicNames();
      for (const one of all) {
        const bytes = Buffer.from(`#${one}#`);
        const isRight = !/^$|^\$|[+\0]/.test(one);
        assert.equal(names.nameAt(bytes, 1, bytes.length - 1), isRight ? one : undefined);
      }
    }),
  );
});

it('takes share names without wildcards, with a filter behind them (MQTT 5, 4.8.2)', () => {
  for (const filter of ['$share/g/f', '$share/g/#', '$share/g//', '$share/g//f']) {
    assert.equal(sharedProblem(filter), undefined, filter);
  }
  for (const filter of ['$share/', '$share/g', '$share/g/', '$share//f', '$share/+/f', '$share/#']) {
    assert.notEqual(sharedProblem(filter), undefined, filter);
  }
});
