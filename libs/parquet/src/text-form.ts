/**
 * Texts of a group in one of two forms, which depends on nothing but the texts: where they repeat, each that is another and which of
 * them each is; otherwise all of them, one behind the other. In the first they are looked up in a dictionary; to look for
 * repetition among texts that never come again would cost more than anything else about them.
 */
import { stringsOf, type Texts, textsOf } from '@plenum/runtime';

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
export const formOfStrings = (texts: readonly string[]): TextForm =>
  repeating(texts.length, (index, numberOf) => numberOf(texts[index] as string)) ?? {
    repeat: false,
    ...textsOf(texts),
  };

/** Of texts in memory, of those rows that have one. A row that has NULL has no bytes. */
export const formOfTexts = (texts: Texts, nulls?: Uint8Array): TextForm => {
  const present = (list: Int32Array) => (nulls === undefined ? list : list.filter((_, row) => nulls[row] !== 1));
  return texts.which === undefined
    ? formOfOwn(texts.bytes, present(texts.ends))
    : formOfNumbered(texts, present(texts.which));
};

const formOfOwn = (bytes: Uint8Array, ends: Int32Array): TextForm => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  const form = repeating(ends.length, (index, numberOf) => {
    const end = ends[index] as number; // The index is one of theirs.
    const text = buffer.toString('utf8', from, end);
    from = end;
    return numberOf(text);
  });
  return form ?? { repeat: false, bytes, ends };
};

/** Nobody looks at a text again that many rows have. */
const formOfNumbered = (texts: Texts, rows: Int32Array): TextForm => {
  const strings = stringsOf(texts);
  const numbers = new Int32Array(strings.length).fill(-1);
  const form = repeating(rows.length, (index, numberOf) => {
    const row = rows[index] as number; // The index is one of theirs.
    if (numbers[row] === -1) numbers[row] = numberOf(strings[row] as string); // Every row has one.
    return numbers[row] as number;
  });
  return form ?? { repeat: false, ...textsOf(Array.from(rows, (row) => strings[row] as string)) };
};

/** Asks for the number of each text, which has one by then or gets the next. Nothing where too many of the first differ. */
const repeating = (
  count: number,
  numberAt: (index: number, numberOf: (text: string) => number) => number,
): Extract<TextForm, { readonly repeat: true }> | undefined => {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    if (known === numbers.size) numbers.set(text, known);
    return known;
  };
  const which = new Int32Array(count);
  for (let index = 0; index < count; index += 1) {
    which[index] = numberAt(index, numberOf);
    if (isTooMany(numbers.size, index, count)) return undefined;
  }
  return { repeat: true, different: [...numbers.keys()], which };
};
