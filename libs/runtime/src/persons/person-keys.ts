/** Persons' keys as the write side and reads use them: unwrapped, and for reads remembered for a moment. */
import type { Sql } from '@plenum/read-model';
import { systemTimer, type Timer } from '../timer.ts';
import { type FoundKey, type FoundKeys, lockedReason, PersonalUnreadable, PersonKeyChanged } from './found-key.ts';
import type { PersonCipher, PersonKey, WrappedKey } from './person-cipher.ts';
import type { KeptKey, PersonKeyTable } from './person-key-table.ts';
import { type RememberedKeys, type RememberedLimits, rememberedKeys } from './remembered-keys.ts';

export type PersonKeys = {
  /** The keys that these persons have now. Who has none never had one, or was forgotten. @throws TransientFailure */
  keysOf(persons: readonly string[]): Promise<FoundKeys>;
  /** The same for answers: up to a second old. A key forgotten here is gone at once. @throws TransientFailure */
  recentKeysOf(persons: readonly string[]): Promise<FoundKeys>;
  /** Keys to encrypt with, of persons who may have none yet. @throws TransientFailure */
  keysFor(persons: readonly string[]): Promise<KeysForWriting>;
  /** Destroys the key of a person: whatever was encrypted with it reads as erased from now on. @throws TransientFailure */
  forget(person: string): Promise<void>;
  /**
   * Wraps again, with the master key of today, what was wrapped with the former one. Says how many that was, and of how many
   * keys the master key is not set. @throws TransientFailure; asking again goes on.
   */
  rewrapAll(): Promise<{ readonly rewrapped: number; readonly locked: number }>;
  close(): Promise<void>;
};

export type KeysForWriting = {
  /** Made on the first use where there is none; nobody else has it before `keep` is committed. @throws PersonalUnreadable */
  keyFor(person: string): PersonKey;
  /**
   * Keeps what was made, in the transaction that records what was encrypted: rolled back, nothing is left of it. Makes sure
   * that every key that was used is still the person's own when that commits.
   * @throws PersonKeyChanged when one is not: decide again.
   */
  keep(sql: Sql): Promise<void>;
};

export type PersonKeysParts = {
  readonly table: PersonKeyTable;
  readonly cipher: PersonCipher;
  readonly timer?: Timer;
  readonly limits?: Partial<PersonKeyLimits>;
};

export type PersonKeyLimits = RememberedLimits & {
  /** Keys that are wrapped again between two looks at the table. */
  readonly rewrapBatch: number;
};

const defaultLimits: PersonKeyLimits = { freshMs: 1_000, keysMax: 10_000, rewrapBatch: 500 };

export const personKeys = (parts: PersonKeysParts): PersonKeys => {
  const { table, cipher, timer = systemTimer } = parts;
  const limits = { ...defaultLimits, ...parts.limits };
  const remembered = rememberedKeys(timer, limits);
  const listening = table.listen(remembered.forget);
  const found = ({ person, wrapped }: KeptKey): FoundKey => foundKey(cipher, person, wrapped);
  const keysOf = async (persons: readonly string[]): Promise<FoundKeys> => {
    if (persons.length === 0) return new Map();
    return new Map((await table.read([...new Set(persons)])).map((kept) => [kept.person, found(kept)]));
  };

  return {
    keysOf,
    recentKeysOf: (persons) => recentKeysOf(remembered, keysOf, persons),
    keysFor: async (persons) => keysForWriting({ table, cipher, found }, await keysOf(persons)),
    forget: async (person) => {
      // Before, so that nobody who asks from now on is given it; and after, for those who asked in between.
      remembered.forget(person);
      await table.remove(person);
      remembered.forget(person);
    },
    rewrapAll: () => rewrapAll(table, cipher, limits.rewrapBatch),
    close: listening.close,
  };
};

const foundKey = (cipher: PersonCipher, person: string, wrapped: WrappedKey): FoundKey => {
  const unwrapped = cipher.unwrap(person, wrapped);
  if (unwrapped.outcome === 'unwrapped') return { outcome: 'found', key: unwrapped.key };
  return { outcome: 'locked', why: unwrapped.outcome, wrappedWith: wrapped.wrappedWith };
};

const recentKeysOf = async (
  remembered: RememberedKeys,
  keysOf: PersonKeys['keysOf'],
  persons: readonly string[],
): Promise<FoundKeys> => {
  const known = new Map<string, FoundKey>();
  const unknown: string[] = [];
  for (const person of new Set(persons)) {
    const key = remembered.get(person);
    if (key === undefined) unknown.push(person);
    else known.set(person, key);
  }
  if (unknown.length === 0) return known;
  const learn = remembered.asking();
  for (const [person, key] of await keysOf(unknown)) {
    learn(person, key);
    known.set(person, key);
  }
  return known;
};

type WritingParts = Pick<PersonKeysParts, 'table' | 'cipher'> & { readonly found: (kept: KeptKey) => FoundKey };

const keysForWriting = ({ table, cipher, found }: WritingParts, there: FoundKeys): KeysForWriting => {
  const used = new Map<string, PersonKey>();
  const made: KeptKey[] = [];
  const firstUse = (person: string): PersonKey => {
    const known = there.get(person);
    if (known?.outcome === 'found') return known.key;
    if (known !== undefined) throw new PersonalUnreadable(lockedReason(person, known));
    const { key, wrapped } = cipher.make(person);
    made.push({ person, wrapped });
    return key;
  };
  return {
    keyFor: (person) => used.getOrInsertComputed(person, firstUse),
    keep: async (sql) => {
      if (used.size === 0) return;
      const kept = new Map((await table.add(sql, made, [...used.keys()])).map((one) => [one.person, one]));
      for (const [person, { mark }] of used) {
        const one = kept.get(person);
        const now = one && found(one);
        if (now?.outcome !== 'found' || now.key.mark !== mark) throw new PersonKeyChanged(person);
      }
    },
  };
};

const rewrapAll = async (table: PersonKeyTable, cipher: PersonCipher, batch: number) => {
  const former = cipher.unwrapsWith.filter((master) => master !== cipher.wrapsWith);
  let rewrapped = 0;
  for (let after = '', more = former.length > 0; more; ) {
    const keys = await table.wrappedWith(former, after, batch);
    for (const kept of keys) {
      const wrapped = cipher.rewrap(kept.person, kept.wrapped);
      if (wrapped === undefined) continue; // It was changed: wrapping it again would hide that.
      await table.rewrap(kept, wrapped);
      rewrapped += 1;
    }
    after = keys.at(-1)?.person ?? after;
    more = keys.length === batch;
  }
  return { rewrapped, locked: await table.wrappedOtherwise(cipher.unwrapsWith) };
};
