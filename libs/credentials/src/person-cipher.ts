/**
 * How fields that name a person are encrypted: AES-256-GCM with a random key for each person, bound to the person, the
 * event's type and the field. The person's key is wrapped by a key that is derived from the master key.
 */
import { randomBytes } from 'node:crypto';
import type { PersonalPlace } from '@plenum/event';
import type { PersonCipher, PersonKey, WrappedKey } from '@plenum/runtime';
import { type DerivedKey, decrypt, deriveKey, encrypt, expand } from './aes-gcm.ts';
import type { MasterKeys } from './hash-encryption.ts';

export const personCipher = ({ current, previous }: MasterKeys): PersonCipher => {
  const own = deriveKey(current, purpose);
  const known = [own, ...(previous === undefined ? [] : [deriveKey(previous, purpose)])];
  const masterOf = ({ wrappedWith }: WrappedKey): DerivedKey | undefined =>
    known.find(({ fingerprint }) => fingerprint === wrappedWith);
  return {
    wrapsWith: own.fingerprint,
    unwrapsWith: known.map(({ fingerprint }) => fingerprint),
    make: (person) => {
      const secret = randomBytes(32);
      return { key: personKey(person, secret), wrapped: wrap(own, person, secret) };
    },
    unwrap: (person, wrapped) => {
      const master = masterOf(wrapped);
      if (master === undefined) return { outcome: 'other-key' };
      const secret = unwrap(master, person, wrapped);
      return secret === undefined ? { outcome: 'tampered' } : { outcome: 'unwrapped', key: personKey(person, secret) };
    },
    rewrap: (person, wrapped) => {
      const master = masterOf(wrapped);
      const secret = master && unwrap(master, person, wrapped);
      return secret && wrap(own, person, secret);
    },
  };
};

/** Apart from what credential hashes are encrypted with, so that neither is of use for the other. */
const purpose = 'plenum person key wrap';
/** The first byte of everything encrypted here. 0 stands for plain text in a row. */
const form = 1;
const markBytes = 4;
const headBytes = 1 + markBytes;

const wrap = ({ key, fingerprint }: DerivedKey, person: string, secret: Uint8Array): WrappedKey => ({
  bytes: encrypt(key, { head: Uint8Array.of(form), bound: person, plain: secret }),
  wrappedWith: fingerprint,
});

const unwrap = ({ key }: DerivedKey, person: string, { bytes }: WrappedKey): Uint8Array | undefined =>
  bytes[0] === form ? decrypt(key, { headBytes: 1, bound: person, encrypted: bytes }) : undefined;

/** A ciphertext: the form, the mark of the key, a nonce, the text in UTF-8, a tag. */
const personKey = (person: string, secret: Uint8Array): PersonKey => {
  const mark = Buffer.from(expand(secret, 'plenum person key mark', markBytes));
  // As JSON, because no two lists of texts are the same JSON.
  const boundTo = ({ type, field }: PersonalPlace): string => JSON.stringify([person, type, field]);
  return {
    mark: mark.toString('hex'),
    encrypt: (place, text) =>
      encrypt(secret, {
        head: Buffer.concat([Uint8Array.of(form), mark]),
        bound: boundTo(place),
        plain: Buffer.from(text),
      }),
    decrypt: (place, bytes) => {
      if (bytes[0] !== form || bytes.length < headBytes) return { outcome: 'tampered' };
      if (mark.compare(bytes, 1, headBytes) !== 0) return { outcome: 'other-key' };
      const text = decrypt(secret, { headBytes, bound: boundTo(place), encrypted: bytes });
      return text === undefined ? { outcome: 'tampered' } : { outcome: 'decrypted', text: text.toString('utf8') };
    },
  };
};
