import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fontOf } from './font.ts';
import { fitted, heldText, runsOf, shownText, widthOf } from './text.ts';

describe('text on paper', () => {
  it('is as it was given, but for what the font has not', () => {
    for (const text of ['', 'Ђорђе Ćevapčići', 'שלום', 'مرحبا', 'Ελλάδα', '<b> & )', 'm²'])
      assert.equal(heldText(text), text);
    assert.equal(heldText('a\nb\u{20000}\u202E'), 'a�b��');
  });

  it('runs as it is read: what goes to the left begins at its right end', () => {
    assert.deepEqual(runsOf('a שלום 12 עולם b'), [
      { text: 'a ', isRightToLeft: false },
      { text: ' עולם', isRightToLeft: true },
      { text: '12', isRightToLeft: false },
      { text: 'שלום ', isRightToLeft: true },
      { text: ' b', isRightToLeft: false },
    ]);
    assert.equal(shownText('a (שלום) b'), 'a (םולש) b');
    assert.equal(shownText('שלום (א)'), '(א) םולש');
  });

  it('loses no character when it is put in order', () => {
    const part = fc.constantFrom('a', ' ', '1', 'ש', 'م', '(', ')', ',', 'Ђ');
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (text) =>
          assert.equal(
            runsOf(text).reduce((sum, run) => sum + run.text.length, 0),
            text.length,
          ),
      ),
    );
  });

  it('is cut where there is no room for it', () => {
    const font = fontOf('regular');
    const cut = fitted('A long name of a material', 2, 20, font);
    assert.match(cut, /^A long .*…$/);
    assert.ok(widthOf(cut, 2, font) <= 20);
    assert.equal(fitted('short', 2, 20, font), 'short');
  });
});
