import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { escapeText, heldText, unescapeText } from './text.ts';

describe('text in DXF', () => {
  it('comes back as it was held, whatever codes are in it', () => {
    const noted = fc.constantFrom('%', '^', '\\', 'U+', 'c', ' ', '\n', 'M+', '0041', 'Ђ', '\u{1F600}', '\uD800');
    fc.assert(
      fc.property(
        fc.array(noted).map((parts) => parts.join('')),
        (text) => {
          const held = heldText(text);
          const written = escapeText(held);
          assert.equal(unescapeText(written), held);
          assert.equal(heldText(held), held);
          assert.doesNotMatch(written, /\n|\^[^ ]|\^$|\\U\+/i);
          assert.ok(held.isWellFormed());
        },
      ),
    );
  });

  it('is as it was given, but for what a line of DXF cannot hold', () => {
    const plain = ['', '<script>', '%%c', '100%', 'a^b', '^J x', String.raw`C:\temp`, 'שלום', 'Ђорђе', '\u{20000}'];
    for (const text of plain) assert.equal(heldText(text), text);
    assert.equal(heldText('a\nb'), 'a␊b');
    assert.equal(heldText(String.raw`\U+0041\u+0041\m+1`), '＼U+0041＼u+0041＼m+1');
    assert.equal(heldText('a^^'), 'aˆˆ');
  });

  it('is escaped so that no code is left', () => {
    assert.equal(escapeText('%%c 5% ^J'), '%%%%%%c 5% ^ J');
  });

  it('ends with an ellipsis where it is longer than a line may be', () => {
    const held = heldText('é'.repeat(5000));
    assert.equal(held, `${'é'.repeat(1023)}…`);
    assert.equal(heldText('x'.repeat(2049)).length, 2049);
    assert.ok(Buffer.byteLength(escapeText(heldText('%'.repeat(5000)))) <= 2049);
  });
});
