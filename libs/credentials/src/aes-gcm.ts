/** AES-256-GCM, as everything is encrypted here: a nonce of chance, the ciphertext, a tag of 16 bytes. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type DerivedKey = { readonly key: Uint8Array; readonly fingerprint: string };

/** Two derivations from a master key that know nothing of each other, so that the fingerprint may be shown. */
export const deriveKey = (masterKey: string, purpose: string): DerivedKey => ({
  key: expand(masterKey, purpose, 32),
  fingerprint: Buffer.from(expand(masterKey, `${purpose} fingerprint`, 8)).toString('hex'),
});

export const expand = (secret: string | Uint8Array, purpose: string, bytes: number): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', purpose, bytes));

export const nonceBytes = 12;
export const tagBytes = 16;

/** What `head` says stands in front and may be read by everybody. `bound` has to be the same to decrypt. */
export const encrypt = (
  key: Uint8Array,
  { head, bound, plain }: { readonly head: Uint8Array; readonly bound: string; readonly plain: Uint8Array },
): Uint8Array => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound));
  return new Uint8Array(Buffer.concat([head, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
};

/** `undefined` unless these are the bytes that were made, with this key and for this. Looks at nothing in the head. */
export const decrypt = (
  key: Uint8Array,
  {
    headBytes,
    bound,
    encrypted,
  }: { readonly headBytes: number; readonly bound: string; readonly encrypted: Uint8Array },
): Buffer | undefined => {
  if (encrypted.length < headBytes + nonceBytes + tagBytes) return undefined;
  const bytes = Buffer.from(encrypted.buffer, encrypted.byteOffset, encrypted.byteLength);
  const nonce = bytes.subarray(headBytes, headBytes + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(headBytes + nonceBytes, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined; // The only thing `final` has to say: the tag does not fit.
  }
};
