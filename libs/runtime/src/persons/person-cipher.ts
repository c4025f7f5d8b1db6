/** The cryptography of personal fields, without a place to keep anything. `personCipher` of `@plenum/credentials` is it. */
import type { PersonalPlace } from '@plenum/event';

export type PersonCipher = {
  /** Fingerprint of the master key that wraps now. */
  readonly wrapsWith: string;
  /** Fingerprints of all master keys that unwrap. */
  readonly unwrapsWith: readonly string[];
  /** A new random key for a person. */
  make(person: string): { readonly key: PersonKey; readonly wrapped: WrappedKey };
  unwrap(person: string, wrapped: WrappedKey): Unwrapped;
  /** The same key under the master key of today. `undefined` when it cannot be unwrapped. */
  rewrap(person: string, wrapped: WrappedKey): WrappedKey | undefined;
};

/** A person's key as it is kept: encrypted under a master key, for this person alone. */
export type WrappedKey = {
  readonly bytes: Uint8Array;
  /** The fingerprint of the master key. It reveals nothing of it. */
  readonly wrappedWith: string;
};

export type Unwrapped =
  | { readonly outcome: 'unwrapped'; readonly key: PersonKey }
  /** Another master key has to be set. */
  | { readonly outcome: 'other-key' }
  /** These are not the bytes, or not the person, that were wrapped. */
  | { readonly outcome: 'tampered' };

/** One person's key, ready for use. It never leaves memory. */
export type PersonKey = {
  /** Distinguishes keys of one person, and reveals nothing about them. Every ciphertext carries it. */
  readonly mark: string;
  encrypt(place: PersonalPlace, text: string): Uint8Array;
  /** Total: whatever the bytes are. */
  decrypt(place: PersonalPlace, bytes: Uint8Array): Decrypted;
};

export type Decrypted =
  | { readonly outcome: 'decrypted'; readonly text: string }
  /** Made with another key of this person, one that is gone. */
  | { readonly outcome: 'other-key' }
  /** Not what this key made for this place: changed, cut, or of another person, event or field. */
  | { readonly outcome: 'tampered' };
