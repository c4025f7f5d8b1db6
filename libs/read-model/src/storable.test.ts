import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defineFold, defineProjection } from './define-projection.ts';
import { foldProjection } from './fold-projection.ts';
import type { Recorded } from './recorded.ts';
import { storableJson, storableRow, storableText } from './storable.ts';
import type { Table } from './table.ts';

type Note = { readonly id: string; readonly text: string; readonly json: string | undefined };

const notes: Table<Note> = {
  name: 'notes',
  about: '',
  columns: {
    id: { type: 'text', about: '' },
    text: { type: 'text', about: '' },
    json: { type: 'jsonb', nullable: true, about: '' },
  },
  key: ['id'],
};

/** What PostgreSQL holds in no text and no JSON. */
const unstorable = (text: string): boolean => text.includes('\u0000') || !text.isWellFormed();

describe('storable text', () => {
  it('replaces U+0000 and half characters, and nothing else of all code points', () => {
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const text = String.fromCodePoint(point);
      const replaced = point === 0 || (point >= 0xd800 && point <= 0xdfff);
      assert.equal(storableText(text), replaced ? '\uFFFD' : text, point.toString(16));
      assert.equal(JSON.parse(storableJson(JSON.stringify(text))), replaced ? '\uFFFD' : text, point.toString(16));
    }
  });

  it('keeps JSON the JSON it is', () => {
    const texts = fc
      .string({ unit: 'binary' })
      .map((text) => text.replaceAll('x', '\u0000').replaceAll('y', '\\u0000'));
    const json = fc.json({ depthSize: 'medium', noUnicodeString: false, stringUnit: 'binary' });
    const said = fc.oneof(
      json,
      fc.dictionary(texts, texts).map((object) => JSON.stringify(object)),
    );
    fc.assert(
      fc.property(said, (before) => {
        const after = storableJson(before);
        assert.deepEqual(JSON.parse(after), JSON.parse(before, replaceAll));
        assert.equal(storableJson(after), after);
      }),
    );
  });

  it('knows an escape from an escaped backslash, and half a character from a whole one', () => {
    const escaped: readonly (readonly [string, string])[] = [
      ['"\\u0000"', '"\\ufffd"'],
      ['"\\\\u0000"', '"\\\\u0000"'],
      ['"\\\\\\u0000"', '"\\\\\\ufffd"'],
      ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
      ['"\\uD83D\\uDE00\\uDE00"', '"\\uD83D\\uDE00\\ufffd"'],
      ['"\\ud800\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
      ['"\\ud800x"', '"\\ufffdx"'],
      ['{"\\u0000":1e2,"b":0.10}', '{"\\ufffd":1e2,"b":0.10}'],
    ];
    for (const [before, after] of escaped) assert.equal(storableJson(before), after);
  });
});

describe('a storable row', () => {
  it('is the row itself when there is nothing to replace', () => {
    const row = { id: 'a', text: 'ć', json: '{"a":"\\u00e9"}' };
    assert.equal(storableRow(notes)(row), row);
  });

  it('is what a projection makes, of whatever an event says', () => {
    const said: Note = { id: 'a\u0000', text: 'b\ud800', json: '{"c":"\\u0000"}' };
    const stored = { id: 'a\uFFFD', text: 'b\uFFFD', json: '{"c":"\\ufffd"}' };
    const entry = ({ event }: Recorded): Note => event.data as Note;
    const fold = defineFold<Note, Note>({
      table: { ...notes, name: 'last_notes' },
      keyOf: ({ id }) => ({ id }),
      fold: (_, note) => note,
    });
    const described = { name: 'notes', version: 1, about: '', topics: ['notes'], entry, folds: [fold] };
    for (const projection of [
      defineProjection<Note>({ ...described, ledger: notes }),
      defineProjection<Note>(described),
    ]) {
      for (const [name, rows] of foldProjection(projection, [recorded(said)])) {
        assert.deepEqual([...rows], [['a\uFFFD', stored]], name);
      }
    }
  });
});

const recorded = (data: Note): Recorded => ({
  event: { id: '', type: 'noted', source: '', effectiveTimeUs: 0, recordedTimeUs: 0, data },
  partition: 0,
  offset: 0n,
});

const replaceAll = (_: string, value: unknown): unknown => {
  if (typeof value === 'string') return replaced(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [replaced(name), inner]));
};

const replaced = (text: string): string =>
  [...text].map((character) => (unstorable(character) ? '\uFFFD' : character)).join('');
