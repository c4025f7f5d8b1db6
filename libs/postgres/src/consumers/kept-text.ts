/** Texts of records that nobody has looked at yet. PostgreSQL's text holds no NUL, and what is parked must not be refused again. */

/** `\` as `\\` and NUL as `\0`: different texts stay different. */
export const keptText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\u0000', '\\0');

/** The text that was kept. */
export const textKept = (kept: string): string =>
  kept.replace(/\\(.)/gs, (_, next: string) => (next === '0' ? '\u0000' : next));
