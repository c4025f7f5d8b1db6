/**
 * Text in a TEXT entity. DXF reads some of it as codes: `%%c` is a diameter sign, `^J` a line feed, `\U+0041` an A. What it can
 * hold as text is escaped, and comes back as it was; what it cannot is replaced by what looks alike.
 */
import { oneLine } from '@plenum/drawing';

/** Group 1 holds no more (DXF reference, "Group code value types"). In UTF-8, and with its escapes. */
const bytesMax = 2049;

/**
 * What becomes of a text: what is no character of a line stands as `oneLine` shows it. A backslash that would begin the code of
 * a character is written as `＼`, carets at the end, which readers take away, as `ˆ`. What is too long ends with `…`.
 */
export const heldText = (text: string): string =>
  shortened(
    oneLine(text)
      .replaceAll(/\\(?=U\+|M\+)/gi, '\uFF3C')
      .replace(/\^+$/, (carets) => '\u02C6'.repeat(carets.length)),
  );

/** A caret alone begins a code, and so do two per cent signs. */
export const escapeText = (held: string): string =>
  held.replaceAll('^', '^ ').replaceAll(/%{2,}/g, (signs) => '%%%'.repeat(signs.length));

/** What the escapes say; everything else stays as it is. */
export const unescapeText = (written: string): string => written.replaceAll('%%%', '%').replaceAll('^ ', '^');

const shortened = (held: string): string => {
  if (bytesOf(held) <= bytesMax) return held;
  const characters = [...held];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (bytesOf(`${characters.slice(0, middle).join('')}…`) <= bytesMax) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join('')}…`;
};

const bytesOf = (held: string): number => Buffer.byteLength(escapeText(held));
