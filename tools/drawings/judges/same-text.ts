/**
 * Whether a text that a reader has of a file is the one that was asked for. What no line of text can hold (control characters,
 * what breaks lines, characters that are none) stands as a picture of it or as `�`. Two things that DXF takes for codes may stand
 * as what looks alike: a backslash before `U+` or `M+`, and carets at the end. Nothing is missing or added, but for the end of a
 * text that is long.
 */
export const sameText = (asked: string, seen: string, { shortenedFrom = Number.POSITIVE_INFINITY } = {}): boolean => {
  const [wanted, found] = [[...asked.toWellFormed()], [...seen]];
  const isShort = found.at(-1) === '…' && wanted.at(-1) !== '…';
  if (isShort ? found.length < shortenedFrom : found.length !== wanted.length) return false;
  return found.slice(0, isShort ? -1 : undefined).every((character, index) => {
    const other = wanted[index];
    if (other === undefined) return false;
    if (noLetter.test(other)) return replacement.test(character);
    return character === other || isLookAlike(wanted, index, character);
  });
};

const noLetter = /[\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\uFEFF]/u;
const replacement = /^[\u2400-\u2426\uFFFD]$/;

const isLookAlike = (wanted: readonly string[], index: number, character: string): boolean =>
  (character === '＼' && wanted[index] === '\\' && /^[UuMm]\+$/.test(wanted.slice(index + 1, index + 3).join(''))) ||
  (character === 'ˆ' && wanted.slice(index).every((rest) => rest === '^'));
