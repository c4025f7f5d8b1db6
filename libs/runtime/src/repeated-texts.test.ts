import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { repeatedTexts } from './repeated-texts.ts';

/** Few texts that come often, among any bytes at all, UTF-8 or not, of every length around the longest that is kept. */
const someBytes = fc.oneof(
  fc
    .constantFrom('', '°C', 'ceiling_node_006_temperature', 'ceiling_node_006_humidity')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 60, maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
);

it('reads every text as the engine would', () => {
  const read = repeatedTexts();
  fc.assert(
    fc.property(fc.array(someBytes, { maxLength: 40 }), (texts) => {
      const bytes = Buffer.concat(texts);
      let at = 0;
      for (const text of texts) {
        assert.equal(read(bytes, at, at + text.length), text.toString('utf8'));
        at += text.length;
      }
    }),
    { numRuns: 500 },
  );
});

it('reads rightly what shares a place, and what it has given up to look for', () => {
  const read = repeatedTexts();
  // More texts than places, twice, and none of them soon enough again to be found.
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 20_000; n += 1) {
      const bytes = Buffer.from(`text number ${n}`);
      assert.equal(read(bytes, 0, bytes.length), `text number ${n}`);
    }
  }
});

it('reads rightly what is the same as before, or only as long', () => {
  const read = repeatedTexts();
  for (const text of ['same', 'same', 'same', 'sane', 'same', '', '', 'same']) {
    assert.equal(read(Buffer.from(text), 0, text.length), text);
  }
});

it('keeps what it has read when the bytes are used again', () => {
  const read = repeatedTexts();
  const bytes = Buffer.from('first');
  assert.equal(read(bytes, 0, 5), 'first');
  bytes.write('again');
  assert.equal(read(bytes, 0, 5), 'again');
  bytes.write('first');
  assert.equal(read(bytes, 0, 5), 'first');
});
