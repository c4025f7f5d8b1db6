/**
 * The seal under which verifiers are recorded in a log that many may read: AES-256-GCM with a key that is derived from
 * the master key, and bound to the subject, so that nobody can put one user's verifier under another's name.
 */
import { type DerivedKey, decrypt, deriveKey, encrypt } from './aes-gcm.ts';

export type Seal = {
  /** The fingerprint of the key that seals now. */
  readonly sealedWith: string;
  /** Fingerprints of all keys that open. */
  readonly opensWith: readonly string[];
  seal(subject: string, text: string): Sealed;
  open(subject: string, sealed: Sealed): Opened;
};

export type Sealed = {
  /** A byte 1 for this form, a nonce of 12, the ciphertext, a tag of 16. */
  readonly sealed: Uint8Array;
  /** 16 hexadecimal digits that name the key and tell nothing of it. */
  readonly sealedWith: string;
};

export type Opened =
  | { readonly outcome: 'opened'; readonly text: string; readonly needsReseal: boolean }
  /** Sealed with a key that is not here: the wrong master key is set, or a former one is missing. */
  | { readonly outcome: 'other-key'; readonly sealedWith: string }
  /** The key is here, but these are not the bytes, or not the subject, that were sealed. */
  | { readonly outcome: 'tampered' };

export type MasterKeys = {
  /** Judge it by `secretProblem` first. */
  readonly current: string;
  /** Opens what was sealed before the key was changed. */
  readonly previous?: string | undefined;
};

export const verifierSeal = ({ current, previous }: MasterKeys): Seal => {
  const own = deriveKey(current, purpose);
  const known = [own, ...(previous === undefined ? [] : [deriveKey(previous, purpose)])];
  return {
    sealedWith: own.fingerprint,
    opensWith: known.map(({ fingerprint }) => fingerprint),
    seal: (subject, text) => ({ sealed: sealed(own, subject, text), sealedWith: own.fingerprint }),
    open: (subject, { sealed, sealedWith }) => {
      const found = known.find(({ fingerprint }) => fingerprint === sealedWith);
      if (found === undefined) return { outcome: 'other-key', sealedWith };
      const text = opened(found, subject, sealed);
      return text === undefined ? { outcome: 'tampered' } : { outcome: 'opened', text, needsReseal: found !== own };
    },
  };
};

const purpose = 'plenum verifier seal';
const form = 1;

const sealed = ({ key }: DerivedKey, subject: string, text: string): Uint8Array =>
  encrypt(key, { head: Uint8Array.of(form), bound: subject, plain: Buffer.from(text) });

const opened = ({ key }: DerivedKey, subject: string, bytes: Uint8Array): string | undefined =>
  bytes[0] === form ? decrypt(key, { headBytes: 1, bound: subject, sealed: bytes })?.toString('utf8') : undefined;
