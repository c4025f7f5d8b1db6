/** The texts that a password may have been hashed as. */
import { opaqueString } from './opaque-string.ts';

/** Nobody types more, and hashing has an end. Characters are code points, so it is 4096 bytes of UTF-8 at most. */
export const passwordCharactersMax = 1024;

/**
 * First the text that RFC 8265 makes of it, as which new hashes are made; then, where that differs, what was typed, as
 * which hashes were made before, here and in the replaced systems. None when it is no password: empty, too long, half a
 * surrogate pair, which hashing takes for any other half, or a NUL, which at the end it takes for nothing.
 */
export const passwordForms = (typed: string): readonly string[] => {
  if (typed === '' || typed.includes('\0') || isTooLong(typed) || !typed.isWellFormed()) return [];
  const prepared = opaqueString(typed);
  // What the profile refuses may be somebody's password from before it was asked.
  if (prepared.outcome === 'unfit') return [typed];
  return prepared.text === typed ? [typed] : [prepared.text, typed];
};

/** Before anything else is done with it: the cheap question first. */
export const isTooLong = (typed: string): boolean =>
  typed.length > 2 * passwordCharactersMax || [...typed].length > passwordCharactersMax;
