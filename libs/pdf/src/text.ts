/** Text on paper: what the font can show, in the order in which it stands from left to right. */
import { createRequire } from 'node:module';
import { oneLine } from '@plenum/drawing';
import { type Font, fontOf } from './font.ts';

type Levels = { readonly levels: Uint8Array; readonly paragraphs: readonly { readonly level: number }[] };

/** What we use of bidi-js, the Unicode bidirectional algorithm (UAX 9). */
type Bidi = {
  readonly getEmbeddingLevels: (text: string, direction: 'ltr') => Levels;
  readonly getReorderSegments: (text: string, levels: Levels) => readonly (readonly [start: number, end: number])[];
  readonly getMirroredCharacter: (character: string) => string | null;
};

const bidi = (createRequire(import.meta.url)('bidi-js') as () => Bidi)();

/** More does not stand on any paper. */
const lettersMax = 5000;

/** A text of one line whose every character is in both weights of the font; what is not stands as `�`. */
export const heldText = (text: string): string =>
  Array.from(oneLine(text.slice(0, 2 * lettersMax)), (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    // Marks of direction are not seen, and would be lost.
    const isShown = fontOf('regular').has(codePoint) && fontOf('bold').has(codePoint);
    return isShown && !/\p{Bidi_Control}/u.test(character) ? character : '\uFFFD';
  })
    .slice(0, lettersMax)
    .join('');

export type Run = { readonly text: string; readonly isRightToLeft: boolean };

/** Runs of one direction, from left to right; the letters of each are still in the order in which they are read. */
export const runsOf = (text: string): readonly Run[] => {
  if (!/[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]|[\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u.test(text)) {
    return text === '' ? [] : [{ text, isRightToLeft: false }];
  }
  const found = bidi.getEmbeddingLevels(text, 'ltr');
  const runs: { start: number; end: number; level: number }[] = [];
  for (const [index, level] of found.levels.entries()) {
    const last = runs.at(-1);
    if (last?.level === level) last.end = index + 1;
    else runs.push({ start: index, end: index + 1, level });
  }
  return inVisualOrder(runs).map(({ start, end, level }) => {
    const part = text.slice(start, end);
    return { text: part, isRightToLeft: level % 2 === 1 };
  });
};

/** Rule L2: from the highest level down to the lowest odd one, what is at that level or above is turned around. */
const inVisualOrder = <Run extends { readonly level: number }>(runs: readonly Run[]): readonly Run[] => {
  const ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level >= 1; level -= 1) {
    let start = 0;
    while (start < ordered.length) {
      if ((ordered[start]?.level ?? 0) < level) {
        start += 1;
        continue;
      }
      let end = start;
      while (end < ordered.length && (ordered[end]?.level ?? 0) >= level) end += 1;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end;
    }
  }
  return ordered;
};

/**
 * As the font is given it: brackets are mirrored where letters go to the left, and a run without a letter is turned here, for the
 * font cannot tell.
 */
export const glyphTextOf = (run: Run): string => {
  if (!run.isRightToLeft) return run.text;
  const mirrored = Array.from(run.text, (character) => bidi.getMirroredCharacter(character) ?? character);
  return (isTurnedByFont(run) ? mirrored : mirrored.reverse()).join('');
};

const isTurnedByFont = ({ text, isRightToLeft }: Run): boolean => isRightToLeft && /\p{L}/u.test(text);

/** What a reader finds: characters from left to right, each as the first one with its glyph. */
export const shownText = (text: string, weight: 'regular' | 'bold' = 'regular'): string =>
  runsOf(heldText(text))
    .flatMap((run) => (isTurnedByFont(run) ? [...glyphTextOf(run)].reverse() : [...glyphTextOf(run)]))
    .map(fontOf(weight).canonical)
    .join('');

/** In millimetres, for a capital letter of this height. */
export const widthOf = (text: string, height: number, font: Font): number =>
  runsOf(text).reduce((sum, run) => sum + font.widthOf(glyphTextOf(run)), 0) * (height / font.capital);

/** As much of a text as there is room for; what is cut ends with `…`. */
export const fitted = (raw: string, height: number, width: number, font: Font): string => {
  const text = heldText(raw);
  if (widthOf(text, height, font) <= width) return text;
  const characters = [...text];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${characters.slice(0, middle).join('')}…`, height, font) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join('')}…`;
};
