import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonOfPage, writeJson } from './kept-json.ts';

const long = ' '.repeat(20_000);

test('what is written is the same whether documents were kept as texts or parsed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { maxLength: 8 }), (given) => {
      const read = given.map(([value, isLong]) => jsonOfPage(JSON.stringify(value) + (isLong ? long : '')));
      const text = writeJson({ items: read.map((document, index) => ({ index, document })), end: 'end' });
      const items = given.map(([document], index) => ({ index, document }));
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify({ items, end: 'end' })));
    }),
  );
});

test('a large document is the text that came, and is not taken apart', () => {
  const text = `{"a": [${'1, '.repeat(10_000)}1]}`;
  assert.equal(writeJson([jsonOfPage(text)]), `[${text}]`);
  assert.deepEqual(jsonOfPage('{"a": 1}'), { a: 1 });
});

test('what could not be written leaves nothing behind for the next', () => {
  const broken = {
    toJSON: () => {
      throw new Error('no');
    },
  };
  assert.throws(() => writeJson([jsonOfPage(`"kept"${long}`), broken]));
  assert.equal(writeJson(['next']), '["next"]');
});
