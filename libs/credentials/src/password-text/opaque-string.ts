/**
 * Passwords as RFC 8265 prepares them (profile OpaqueString, section 4.2): whatever keyboard wrote it, the same password
 * is the same text, and what no keyboard writes is refused. Without it `é` in one and in two code points would differ, and
 * PBKDF2 would take NULs at the end for nothing: HMAC fills short keys up with them.
 */
import { firstUnfit } from './freeform-class.ts';

export type OpaqueString =
  | { readonly outcome: 'fit'; readonly text: string }
  /** `ill-formed`: half a surrogate pair. `context`: a character that is only allowed beside certain others. */
  | { readonly outcome: 'unfit'; readonly why: 'empty' | 'ill-formed' | 'disallowed' | 'context' };

/** Spaces become the ASCII space, then NFC; neither width nor case is mapped. Total. */
export const opaqueString = (raw: string): OpaqueString => {
  if (!raw.isWellFormed()) return { outcome: 'unfit', why: 'ill-formed' };
  const text = raw.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  if (text === '') return { outcome: 'unfit', why: 'empty' };
  const why = firstUnfit(text);
  return why === undefined ? { outcome: 'fit', text } : { outcome: 'unfit', why };
};
