/**
 * Tokens whose signature was found right, by their exact text, until they expire: checking one takes longer than all
 * the rest of a request. Only what was signed gets in, so nobody can fill it with rubbish. Whether a token was revoked
 * is not asked here, and has to be asked on every request.
 */
export type VerifiedTokens<T> = {
  get(text: string, nowS: number): T | undefined;
  put(text: string, verified: T, untilS: number): void;
  clear(): void;
  size(): number;
};

type Entry<T> = { readonly verified: T; readonly untilS: number };

/** Holds texts of so many characters together; the one that was not asked for the longest goes first. */
export const verifiedTokens = <T>(charactersMax = 8 * 1024 * 1024): VerifiedTokens<T> => {
  const entries = new Map<string, Entry<T>>();
  let characters = 0;
  const drop = (text: string): void => {
    if (entries.delete(text)) characters -= text.length;
  };
  return {
    get: (text, nowS) => {
      const entry = entries.get(text);
      if (entry === undefined) return undefined;
      if (nowS >= entry.untilS) {
        drop(text);
        return undefined;
      }
      // A Map keeps the order of insertion; what was asked for goes to its end.
      entries.delete(text);
      entries.set(text, entry);
      return entry.verified;
    },
    put: (text, verified, untilS) => {
      drop(text);
      entries.set(text, { verified, untilS });
      characters += text.length;
      for (const oldest of entries.keys()) {
        if (characters <= charactersMax) return;
        drop(oldest);
      }
    },
    clear: () => {
      entries.clear();
      characters = 0;
    },
    size: () => entries.size,
  };
};
