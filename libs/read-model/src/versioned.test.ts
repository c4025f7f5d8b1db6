import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defineFold } from './define-projection.ts';
import { type VersionedRow, VersionGap, versioned } from './versioned.ts';

type Said = { readonly door: string; readonly version: number; readonly word?: string };
type Door = VersionedRow & { readonly door: string; readonly words: string };

const text = { type: 'text', about: '' } as const;
const { fold } = defineFold<Said, Door>(
  versioned<Said, Door>({
    table: { name: 'doors', about: '', columns: { door: text, words: text, stream_version: text }, key: ['door'] },
    keyOf: ({ door }) => ({ door }),
    fold: (row = { door: 'a', words: '', stream_version: 0 }, { word }) =>
      word === undefined ? row : { ...row, words: row.words + word },
  }),
);

const said = (version: number, word?: string): Said => ({ door: 'a', version, ...(word && { word }) });
const foldAll = (...entries: readonly Said[]) =>
  entries.reduce<Door | undefined>((row, entry) => {
    // What `defineFold` erased: this fold makes doors.
    return fold(row, entry) as Door;
  }, undefined);

describe('versioned', () => {
  it('takes versions in turn, also those that change nothing else', () => {
    assert.deepEqual(foldAll(said(1, 'x'), said(2), said(3, 'y')), { door: 'a', words: 'xy', stream_version: 3 });
  });

  it('returns the same row for a version that it has', () => {
    const row = foldAll(said(1, 'x'), said(2, 'y'));
    assert.equal(fold(row, said(2, 'y')), row);
    assert.equal(fold(row, said(1, 'other')), row);
  });

  it('says what is missing', () => {
    const gap = (...entries: readonly Said[]) => assert.throws(() => foldAll(...entries), VersionGap);
    gap(said(2));
    gap(said(0));
    gap(said(1), said(3));
    assert.throws(() => foldAll(said(1), said(2), said(5)), {
      code: 'gap',
      message: 'doors a is at version 2 and version 5 has come: what is between them is missing',
    });
  });

  it('makes the same of events that come again as of events that come once', () => {
    // A relay begins again at any place that it has passed.
    const goesBack = fc.array(fc.record({ back: fc.nat(9), on: fc.nat(9) }), { maxLength: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), goesBack, (count, turns) => {
        const facts = Array.from({ length: count }, (_, index) => said(index + 1, `${index + 1} `));
        const sent: Said[] = [];
        let at = 0;
        for (const { back, on } of [...turns, { back: 0, on: count }]) {
          at = Math.max(0, at - back);
          sent.push(...facts.slice(at, at + on));
          at = Math.min(count, at + on);
        }
        assert.deepEqual(foldAll(...sent, ...facts.slice(at)), foldAll(...facts));
      }),
    );
  });
});
