/** A cipher for tests that have no business with cryptography: it keeps nothing secret, and what it promises otherwise. */
import { randomUUID } from 'node:crypto';
import type { PersonCipher, PersonKey, WrappedKey } from '../persons/person-cipher.ts';

export const sampleCipher = (master: string, ...former: readonly string[]): PersonCipher => {
  const unwrapsWith = [master, ...former];
  const wrap = (person: string, mark: string): WrappedKey => ({
    bytes: veiled([mark, person]),
    wrappedWith: master,
  });
  const markIn = (person: string, { bytes, wrappedWith }: WrappedKey): string | undefined => {
    if (!unwrapsWith.includes(wrappedWith)) return undefined;
    const [mark, named] = unveiled(bytes);
    return named === person ? mark : undefined;
  };
  return {
    wrapsWith: master,
    unwrapsWith,
    make: (person) => {
      const mark = randomUUID();
      return { key: sampleKey(person, mark), wrapped: wrap(person, mark) };
    },
    unwrap: (person, wrapped) => {
      if (!unwrapsWith.includes(wrapped.wrappedWith)) return { outcome: 'other-key' };
      const mark = markIn(person, wrapped);
      return mark === undefined ? { outcome: 'tampered' } : { outcome: 'unwrapped', key: sampleKey(person, mark) };
    },
    rewrap: (person, wrapped) => {
      const mark = markIn(person, wrapped);
      return mark === undefined ? undefined : wrap(person, mark);
    },
  };
};

const sampleKey = (person: string, mark: string): PersonKey => ({
  mark,
  encrypt: ({ type, field }, text) => veiled([mark, person, type, field, text]),
  decrypt: ({ type, field }, bytes) => {
    const [made, ...rest] = unveiled(bytes);
    const [whose, ofType, ofField, text] = rest;
    if (text === undefined) return { outcome: 'tampered' };
    if (made !== mark) return { outcome: 'other-key' };
    const isHere = whose === person && ofType === type && ofField === field;
    return isHere ? { outcome: 'decrypted', text } : { outcome: 'tampered' };
  },
});

/** So that no text is found in its bytes. They begin with 1, as no other value does. */
const veil = 0x80;
const veiled = (parts: readonly string[]): Uint8Array =>
  Uint8Array.of(1, ...new TextEncoder().encode(JSON.stringify(parts)).map((byte) => byte ^ veil));

const unveiled = (bytes: Uint8Array): readonly string[] => {
  try {
    const parts: unknown = JSON.parse(new TextDecoder().decode(bytes.slice(1).map((byte) => byte ^ veil)));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
};
