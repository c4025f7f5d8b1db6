import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type TranslateTools, type Translation, utc } from '@plenum/event';
import { type Translate, translatorOf } from './translate.ts';

const tools: TranslateTools = { zone: utc, sha1: () => '', newId: () => 'new' };

const understands = (code: string, ...filters: readonly string[]): { readonly translate: Translate } => ({
  translate: {
    ...{ filters, topics: [`${code}/+`] },
    translate: (): Translation => ({ outcome: 'quarantine', code, detail: '' }),
    subjectOf: () => ({ nodeId: code }),
  },
});

const message = (topic: string) => ({ topic, payload: new Uint8Array(), receivedTimeUs: 0 });

it('asks the domain whose topic it is', () => {
  const translator = translatorOf([understands('a', 'a/#', 'all/a'), {}, understands('b', '+/b')]);
  assert.deepEqual(translator.filters, ['a/#', 'all/a', '+/b']);
  assert.deepEqual(translator.topics, ['a/+', 'b/+']);
  for (const [topic, code] of [
    ['a/x', 'a'],
    ['all/a', 'a'],
    ['x/b', 'b'],
  ] as const) {
    assert.partialDeepStrictEqual(translator.translate(message(topic), tools), { code });
    assert.deepEqual(translator.subjectOf(topic), { nodeId: code });
  }
});

it('refuses what is on a topic of no domain', () => {
  const translator = translatorOf([understands('a', 'a/#')]);
  assert.deepEqual(translator.translate(message('b/x'), tools), {
    outcome: 'quarantine',
    code: 'unknown-topic',
    detail: 'no event is reported on "b/x"',
  });
  assert.deepEqual(translator.subjectOf('b/x'), {});
});
