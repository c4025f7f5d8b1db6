import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { characterBytes, isUtf8, shownBytes, textOf, textProblem } from './utf8.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isWellFormed = (bytes: Uint8Array): boolean => {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Bytes at and beside every edge of the table of well-formed sequences. */
const edges = [
  0x00, 0x41, 0x5c, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
].concat([0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]);
const anyBytes = fc.oneof(
  fc.array(fc.constantFrom(...edges), { maxLength: 8 }).map((bytes) => Uint8Array.from(bytes)),
  fc.uint8Array({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new Uint8Array(Buffer.from(text))),
);

it('takes what a strict decoder takes, but for null characters', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const right = isWellFormed(bytes) && !bytes.includes(0);
      assert.equal(textProblem(bytes, 0, bytes.length) === undefined, right);
    }),
    { numRuns: 5000 },
  );
});

it('agrees with a strict decoder on every sequence of two bytes, and on the third and fourth at every edge', () => {
  for (let first = 0; first < 256; first += 1) {
    for (let second = 0; second < 256; second += 1) {
      for (const rest of [[], [0x7f], [0x80, 0x80], [0xbf, 0xc0]]) {
        const bytes = Uint8Array.from([first, second, ...rest]);
        const length = characterBytes(bytes, 0, bytes.length);
        const shortest = [1, 2, 3, 4].find((end) => end <= bytes.length && isWellFormed(bytes.subarray(0, end))) ?? 0;
        assert.equal(length, shortest, `${bytes}`);
      }
    }
  }
});

it('takes every character, and does not look beyond the end', () => {
  for (let code = 1; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    if (code > 0x3000 && code % 0x1000 > 4 && code % 0x1000 < 0xffc) continue; // Not all of a million; the edges.
    const bytes = Buffer.from(String.fromCodePoint(code));
    if (textProblem(bytes, 0, bytes.length) !== undefined) assert.fail(code.toString(16));
    if (bytes.length > 1 && textProblem(bytes, 0, bytes.length - 1) === undefined) assert.fail(code.toString(16));
  }
});

it('says what is wrong and where', () => {
  assert.equal(textProblem(Buffer.from([0x61, 0xfc]), 0, 2), 'is not well-formed UTF-8 (fc at byte 1)');
  assert.equal(textProblem(Buffer.from([0x61, 0]), 0, 2), 'holds a null character');
});

it('shows bytes as text, different bytes differently', () => {
  assert.equal(shownBytes(Buffer.from([...Buffer.from('fän-'), 0xfc, 0, 0x5c])), String.raw`fän-\xfc\x00\\`);
  fc.assert(
    fc.property(anyBytes, anyBytes, (one, other) => {
      assert.equal(shownBytes(one) === shownBytes(other), Buffer.compare(one, other) === 0);
    }),
    { numRuns: 5000 },
  );
});

it('reads text as it was written, in its part of the bytes alone', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, anyBytes, (before, bytes, behind) => {
      const all = Buffer.concat([before, bytes, behind]);
      const right = isWellFormed(bytes) && !bytes.includes(0);
      const text = textOf(all, before.length, before.length + bytes.length);
      assert.equal(text, right ? strict.decode(bytes) : undefined);
    }),
    { numRuns: 5000 },
  );
});

it('takes null in a payload that is text, and nothing ill-formed', () => {
  fc.assert(fc.property(anyBytes, (bytes) => assert.equal(isUtf8(bytes), isWellFormed(bytes))));
});
