/** What XML cannot hold as text at all is made visible by `oneLine`; the rest is escaped. */

/** In text and in attributes alike. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** A capital letter of Arial is so much of its font size (sCapHeight 1467 of 2048). */
const capital = 0.716;

/** To a tenth, as everything is. */
export const fontSizeOf = (height: number): number => Math.max(0.1, tenth(height / capital));

export const heightOf = (fontSize: number): number => fontSize * capital;

export const tenth = (mm: number): number => Math.round(mm * 10) / 10 + 0;
