/**
 * Texts of a group in one of two forms, which depends on nothing but the texts: where they repeat, each that is another and which of
 * them each is; otherwise all of them, one behind the other. In the first they are looked up in a dictionary; to look for
 * repetition among texts that never come again would cost more than anything else about them.
 */
import { stringsOf, type Texts } from '@plenum/runtime';

export type TextForm =
  | {
      readonly repeat: true;
      /** In the order in which they come first. */
      readonly different: readonly string[];
      readonly which: Int32Array;
    }
  | { readonly repeat: false; readonly bytes: Uint8Array; readonly ends: Int32Array };

/** By the first of them it is judged: a thousand sensors that report in turn have to come several times. */
const judged = 8192;

const isTooMany = (different: number, index: number, length: number): boolean =>
  index < judged && different > Math.min(judged, length) / 2;

/** Of strings, as a reader has them. */
export const formOfStrings = (texts: readonly string[]): TextForm => {
  const known = new Map<string, number>();
  const which = new Int32Array(texts.length);
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] as string; // The index is one of theirs.
    const number = known.get(text);
    which[index] = number ?? known.size;
    if (number !== undefined) continue;
    known.set(text, known.size);
    if (isTooMany(known.size, index, texts.length)) return { repeat: false, ...bytesOf(texts) };
  }
  return { repeat: true, different: [...known.keys()], which };
};

const encoder = new TextEncoder();

export const bytesOf = (texts: readonly string[]): { readonly bytes: Uint8Array; readonly ends: Int32Array } => {
  const all = texts.join('');
  const bytes = encoder.encode(all);
  const ends = new Int32Array(texts.length);
  // Nearly all texts have as many bytes as characters.
  const isPlain = bytes.length === all.length;
  let end = 0;
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] as string; // The index is one of theirs.
    end += isPlain ? text.length : Buffer.byteLength(text);
    ends[index] = end;
  }
  return { bytes, ends };
};

/** The same of texts in memory, of those rows that have one. A row that has NULL has no bytes. */
export const formOfTexts = (texts: Texts, nulls?: Uint8Array): TextForm => {
  const present = (list: Int32Array) => (nulls === undefined ? list : list.filter((_, row) => nulls[row] !== 1));
  if (texts.which !== undefined) return formOfNumbered(texts, present(texts.which));
  const own = { bytes: texts.bytes, ends: present(texts.ends) };
  const first = { bytes: own.bytes, ends: own.ends.subarray(0, judged) };
  const repeat = new Set(stringsOf(first)).size <= first.ends.length / 2;
  return repeat ? formOfStrings(stringsOf(own)) : { repeat, ...own };
};

/** Nobody looks at a text again that many rows have. */
const formOfNumbered = (texts: Texts, rows: Int32Array): TextForm => {
  const strings = stringsOf(texts);
  const firsts = firstsOf(texts.ends, strings);
  const numbers = new Int32Array(strings.length).fill(-1);
  const different: string[] = [];
  const which = new Int32Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    const first = firsts[rows[index] as number] as number; // Every row has one of them.
    if (numbers[first] === -1) {
      numbers[first] = different.length;
      different.push(strings[first] as string);
      if (isTooMany(different.length, index, rows.length)) {
        return { repeat: false, ...bytesOf(Array.from(rows, (row) => strings[row] as string)) };
      }
    }
    which[index] = numbers[first] as number;
  }
  return { repeat: true, different, which };
};

/** Where each text comes first among them. Found once for texts that many groups have in common. */
const firstsOf = (ends: Int32Array, strings: readonly string[]): Int32Array => {
  const known = firsts.get(ends);
  if (known !== undefined) return known;
  const places = new Map<string, number>();
  const made = Int32Array.from(strings, (text, index) => {
    const place = places.get(text) ?? index;
    places.set(text, place);
    return place;
  });
  firsts.set(ends, made);
  return made;
};

const firsts = new WeakMap<Int32Array, Int32Array>();
