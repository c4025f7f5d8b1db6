/**
 * Where persons' keys are kept, wrapped: one each, or none. Nothing here can unwrap one. Every implementation passes
 * `personKeysContract` from `@plenum/runtime/testing`.
 */
import type { Sql } from '@plenum/read-model';
import type { WrappedKey } from './person-cipher.ts';

export type PersonKeyTable = {
  /** The keys that these persons have now, in any order. @throws TransientFailure */
  read(persons: readonly string[]): Promise<readonly KeptKey[]>;
  /**
   * Adds `made` in the transaction of `sql`, waiting for others who are adding a key of the same person; who has one keeps it.
   * Then answers the keys that `persons` have, none of which is removed by others until the transaction ends.
   */
  add(sql: Sql, made: readonly KeptKey[], persons: readonly string[]): Promise<readonly KeptKey[]>;
  /** Removes a key for good, and notifies every process that listens. @throws TransientFailure */
  remove(person: string): Promise<void>;
  /** At most `limit` keys that are wrapped with one of these, by person, after `after`. @throws TransientFailure */
  wrappedWith(masters: readonly string[], after: string, limit: number): Promise<readonly KeptKey[]>;
  /** How many are wrapped with none of these. @throws TransientFailure */
  wrappedOtherwise(masters: readonly string[]): Promise<number>;
  /** Puts another wrapping of the same key in its place, unless that has changed meanwhile. @throws TransientFailure */
  rewrap(kept: KeptKey, wrapped: WrappedKey): Promise<void>;
  /** Hears of keys that are removed, here and elsewhere; `undefined`: some may have been missed. */
  listen(removed: (person: string | undefined) => void): { close(): Promise<void> };
};

export type KeptKey = { readonly person: string; readonly wrapped: WrappedKey };
