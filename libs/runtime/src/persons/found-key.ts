import type { PersonKey } from './person-cipher.ts';

/** By person. */
export type FoundKeys = ReadonlyMap<string, FoundKey>;

export type FoundKey =
  | { readonly outcome: 'found'; readonly key: PersonKey }
  /** It is there, and nobody can use it: its master key is not set, or it was changed. Its texts are not lost yet. */
  | { readonly outcome: 'locked'; readonly why: 'other-key' | 'tampered'; readonly wrappedWith: string };

/** Somebody else made a key for a person, or forgot the one there was, while this one was in use. Deciding again helps. */
export class PersonKeyChanged extends Error {
  constructor(person: string) {
    super(`the key of ${person} is no longer the one that was used`);
    this.name = 'PersonKeyChanged';
  }
}

/**
 * What a person is called cannot be read and is not lost: recording anything in its place would lose it. It can be
 * recorded once the master key is set again, or the person's key is forgotten.
 */
export class PersonalUnreadable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PersonalUnreadable';
  }
}

export const lockedReason = (
  person: string,
  { why, wrappedWith }: Extract<FoundKey, { readonly outcome: 'locked' }>,
): string =>
  why === 'other-key'
    ? `the key of ${person} is wrapped with a master key that is not set: ${wrappedWith}`
    : `the key of ${person} was changed and does not unwrap`;
