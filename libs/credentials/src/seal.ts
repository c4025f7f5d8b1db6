/**
 * The seal under which verifiers are recorded in a log that many may read: AES-256-GCM with a key that is derived from
 * the master key, and bound to the subject, so that nobody can put one user's verifier under another's name.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

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
  const own = derive(current);
  const known = [own, ...(previous === undefined ? [] : [derive(previous)])];
  return {
    sealedWith: own.fingerprint,
    opensWith: known.map(({ fingerprint }) => fingerprint),
    seal: (subject, text) => ({ sealed: encrypt(own.key, subject, text), sealedWith: own.fingerprint }),
    open: (subject, { sealed, sealedWith }) => {
      const found = known.find(({ fingerprint }) => fingerprint === sealedWith);
      if (found === undefined) return { outcome: 'other-key', sealedWith };
      const text = decrypt(found.key, subject, sealed);
      return text === undefined ? { outcome: 'tampered' } : { outcome: 'opened', text, needsReseal: found !== own };
    },
  };
};

type Derived = { readonly key: Uint8Array; readonly fingerprint: string };

/** Two derivations that know nothing of each other, so that the fingerprint may be shown. */
const derive = (masterKey: string): Derived => ({
  key: expand(masterKey, 'plenum verifier seal', 32),
  fingerprint: Buffer.from(expand(masterKey, 'plenum verifier seal fingerprint', 8)).toString('hex'),
});

const expand = (masterKey: string, purpose: string, bytes: number): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', masterKey, '', purpose, bytes));

const form = 1;
const nonceBytes = 12;
const tagBytes = 16;

const encrypt = (key: Uint8Array, subject: string, text: string): Uint8Array => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(subject));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([Buffer.of(form), nonce, ciphertext, cipher.getAuthTag()]));
};

const decrypt = (key: Uint8Array, subject: string, sealed: Uint8Array): string | undefined => {
  if (sealed[0] !== form || sealed.length < 1 + nonceBytes + tagBytes) return undefined;
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(subject));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(1 + nonceBytes, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    return undefined; // The only thing `final` has to say: the tag does not fit.
  }
};
