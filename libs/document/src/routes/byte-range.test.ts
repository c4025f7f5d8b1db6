import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rangeAsked } from './byte-range.ts';

const tag = '"abc"';
const asked = (range: string | undefined, more: Readonly<Record<string, string>> = {}, bytes = 10) =>
  rangeAsked({ headers: { ...(range === undefined ? {} : { range }), ...more } }, { bytes, tag });

it('is what RFC 9110 says', () => {
  const cases: readonly (readonly [string | undefined, ReturnType<typeof rangeAsked>])[] = [
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=2-5', { from: 2, to: 6 }],
    ['Bytes = 2-', { from: 2, to: 10 }],
    ['bytes=8-99', { from: 8, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-99', { from: 0, to: 10 }],
    ['bytes=10-', 'not-satisfiable'],
    ['bytes=-0', 'not-satisfiable'],
    ...[undefined, '', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', 'bytes=0-1x'].map(
      (text) => [text, undefined] as const,
    ),
  ];
  for (const [range, expected] of cases) assert.deepEqual(asked(range), expected, range ?? 'none');
});

it('of nothing there is no range', () => assert.equal(asked('bytes=0-', {}, 0), 'not-satisfiable'));

it('is of the content that is there alone', () => {
  assert.deepEqual(asked('bytes=0-0', { 'if-range': tag }), { from: 0, to: 1 });
  assert.equal(asked('bytes=0-0', { 'if-range': '"other"' }), undefined);
  assert.equal(asked('bytes=0-0', { 'if-range': `W/${tag}` }), undefined);
});
