/**
 * The encryption under which credential hashes are recorded in a log that many may read: AES-256-GCM with a key that is derived from
 * the master key, and bound to the subject, so that nobody can put one user's credential hash under another's name.
 */
import { type DerivedKey, decrypt, deriveKey, encrypt } from './aes-gcm.ts';

export type HashEncryption = {
  /** The fingerprint of the key that encrypts now. */
  readonly encryptedWith: string;
  /** Fingerprints of all keys that open. */
  readonly decryptsWith: readonly string[];
  encrypt(subject: string, text: string): EncryptedHash;
  decrypt(subject: string, encrypted: EncryptedHash): Opened;
};

export type EncryptedHash = {
  /** A byte 1 for this form, a nonce of 12, the ciphertext, a tag of 16. */
  readonly encrypted: Uint8Array;
  /** 16 hexadecimal digits that name the key and reveal nothing of it. */
  readonly encryptedWith: string;
};

export type Opened =
  | { readonly outcome: 'decrypted'; readonly text: string; readonly needsReencryption: boolean }
  /** Encrypted with a key that is not here: the wrong master key is set, or a former one is missing. */
  | { readonly outcome: 'other-key'; readonly encryptedWith: string }
  /** The key is here, but these are not the bytes, or not the subject, that were encrypted. */
  | { readonly outcome: 'tampered' };

export type MasterKeys = {
  /** Judge it by `secretProblem` first. */
  readonly current: string;
  /** Opens what was encrypted before the key was changed. */
  readonly previous?: string | undefined;
};

export const hashEncryption = ({ current, previous }: MasterKeys): HashEncryption => {
  const own = deriveKey(current, purpose);
  const known = [own, ...(previous === undefined ? [] : [deriveKey(previous, purpose)])];
  return {
    encryptedWith: own.fingerprint,
    decryptsWith: known.map(({ fingerprint }) => fingerprint),
    encrypt: (subject, text) => ({ encrypted: encrypted(own, subject, text), encryptedWith: own.fingerprint }),
    decrypt: (subject, { encrypted, encryptedWith }) => {
      const found = known.find(({ fingerprint }) => fingerprint === encryptedWith);
      if (found === undefined) return { outcome: 'other-key', encryptedWith };
      const text = opened(found, subject, encrypted);
      return text === undefined
        ? { outcome: 'tampered' }
        : { outcome: 'decrypted', text, needsReencryption: found !== own };
    },
  };
};

const purpose = 'plenum credential hash';
const form = 1;

const encrypted = ({ key }: DerivedKey, subject: string, text: string): Uint8Array =>
  encrypt(key, { head: Uint8Array.of(form), bound: subject, plain: Buffer.from(text) });

const opened = ({ key }: DerivedKey, subject: string, bytes: Uint8Array): string | undefined =>
  bytes[0] === form ? decrypt(key, { headBytes: 1, bound: subject, encrypted: bytes })?.toString('utf8') : undefined;
