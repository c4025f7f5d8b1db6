/**
 * A text as one line of characters that every format can hold: a control character is shown by its picture (`␊` for a line
 * feed), and what is no character, or breaks lines by another name, as `�`.
 */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\0-\x1F]/g, (control) => String.fromCodePoint(0x2400 + (control.codePointAt(0) ?? 0)))
    .replaceAll('\x7F', '\u2421')
    .replaceAll(/[\x80-\x9F\u2028\u2029\uFEFF\p{Noncharacter_Code_Point}]/gu, '\uFFFD');
