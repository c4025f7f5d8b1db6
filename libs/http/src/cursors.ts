/** What is in a cursor, and what it is bound to. */

/** A short digest of a text. Not a secret, and need not be: who forges one gets a page of what they may read anyway. */
export type Seal = (text: string) => string;

export type Cursors = {
  /** @returns the texts that `encode` was given; `undefined` for what we did not write, or wrote for another scope. */
  readonly decode: (cursor: string, scope: string) => readonly string[] | undefined;
  readonly encode: (place: readonly string[], scope: string) => string;
};

export const cursorsSealedBy = (seal: Seal): Cursors => {
  const sealOf = (place: readonly string[], scope: string): string => seal(JSON.stringify([scope, place]));
  const encode = (place: readonly string[], scope: string): string =>
    encoder.encode(JSON.stringify([sealOf(place, scope), ...place])).toBase64(base64url);
  return {
    encode,
    decode: (cursor, scope) => {
      const parts = textsIn(cursor);
      if (parts === undefined) return undefined;
      const [given, ...place] = parts;
      // Decoding base64 forgives stray characters; a cursor is only good as it was given.
      return given === sealOf(place, scope) && encode(place, scope) === cursor ? place : undefined;
    },
  };
};

type Address = { readonly url: string; readonly query: unknown };

/** What a cursor is bound to: the address and everything asked for, but the size of the page and the cursor. */
export const scopeOf = ({ url, query }: Address): string => {
  const asked = Object.entries(query ?? {})
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([url.split('?', 1)[0], asked]);
};

/** The same address with another cursor. */
export const nextLink = (url: string, cursor: string): string => {
  const [path = '', search = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(search);
  parameters.set('cursor', cursor);
  // Joined, and not by a template: one text that is made of pieces inside sends all of JSON.stringify down its slow way.
  return [path, parameters].join('?');
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const base64url = { alphabet: 'base64url', omitPadding: true } as const;

const textsIn = (cursor: string): readonly string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(decoder.decode(Uint8Array.fromBase64(cursor, base64url)));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    return undefined; // Not base64, or not JSON: not ours.
  }
};
