/** Bytes that somebody sent, for people to look at. */

const textMax = 200;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Base64 of all of it, and its start as text; no text when it is not UTF-8 or holds what a terminal would obey. */
export const payloadShown = (
  bytes: Uint8Array | null,
): { readonly base64: string | null; readonly text: string | null } => {
  if (bytes === null) return { base64: null, text: null };
  return { base64: bytes.toBase64(), text: textOf(bytes) };
};

const textOf = (bytes: Uint8Array): string | null => {
  try {
    const text = decoder.decode(bytes.subarray(0, characterStart(bytes, textMax * 4)));
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? null : [...text].slice(0, textMax).join('');
  } catch {
    return null; // Not UTF-8.
  }
};

/** Not in the middle of a character: UTF-8 continues one with bytes 10xxxxxx. */
const characterStart = (bytes: Uint8Array, at: number): number => {
  let start = Math.min(at, bytes.length);
  while (start < bytes.length && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
};
