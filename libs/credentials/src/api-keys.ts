/**
 * API keys. A key is 64 hexadecimal digits of chance, shown once; what stays here is its SHA-256.
 * One round without a salt is enough: nobody guesses 256 bits, and authentication can look the hash up by an index.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type NewApiKey = {
  /** Shown once, and kept nowhere. */
  readonly key: string;
  /** `<name>_<8 hexadecimal digits>` */
  readonly keyId: string;
  /** See `apiKeyHash`. */
  readonly hash: string;
};

export const newApiKey = (name: string): NewApiKey => {
  const key = randomBytes(32).toString('hex');
  return { key, keyId: `${name}_${randomBytes(4).toString('hex')}`, hash: apiKeyHash(key) };
};

/** Whether a text can be a key at all. Upper case is not taken: what is hashed is the text. */
export const isApiKey = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** SHA-256 of the key's text, 64 hexadecimal digits: what it is checked against. To be encrypted wherever it is recorded. */
export const apiKeyHash = (key: string): string => sha256Hex(key);

/** In constant time. */
export const apiKeyMatches = (key: string, hash: string): boolean => {
  const [own, kept] = [Buffer.from(apiKeyHash(key)), Buffer.from(hash)];
  return own.length === kept.length && timingSafeEqual(own, kept);
};

/** SHA-256 of what a secret is checked against: names it in tables that anybody may read, and opens nothing. */
export const credentialHashDigest = (credentialHash: string): string => sha256Hex(credentialHash);

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
