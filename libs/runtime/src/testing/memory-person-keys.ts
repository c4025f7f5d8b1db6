/** Persons' keys in memory, for tests: one table, seen by as many processes as a test pretends there are. */
import type { Sql } from '@plenum/read-model';
import type { WrappedKey } from '../persons/person-cipher.ts';
import type { KeptKey, PersonKeyTable } from '../persons/person-key-table.ts';

export type MemoryPersonKeys = {
  /** The table as one more process has it. */
  open(): PersonKeyTable;
  /** A transaction that `add` can be part of, one at a time. For `memoryEventStore`. */
  transact(work: (sql: Sql) => Promise<void>): Promise<void>;
  /** What is committed. */
  rows(): ReadonlyMap<string, WrappedKey>;
};

export const memoryPersonKeys = (): MemoryPersonKeys => {
  const rows = new Map<string, WrappedKey>();
  const adding = new WeakMap<Sql, Map<string, WrappedKey>>();
  const listeners = new Set<(person: string | undefined) => void>();
  // A call that removes or adds waits for the transaction that is open, as row locks would have it.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const some = (wanted: (kept: KeptKey) => boolean): readonly KeptKey[] =>
    [...rows].map(([person, wrapped]) => ({ person, wrapped })).filter(wanted);
  const isWith = (masters: readonly string[], { wrapped }: KeptKey): boolean => masters.includes(wrapped.wrappedWith);

  const table: PersonKeyTable = {
    read: async (persons) => some(({ person }) => persons.includes(person)),
    add: async (sql, made, persons) => {
      const added = adding.get(sql);
      if (added === undefined) throw new Error('this is no transaction of the table');
      for (const { person, wrapped } of made) if (!rows.has(person)) added.set(person, wrapped);
      return persons.flatMap((person) => {
        const wrapped = added.get(person) ?? rows.get(person);
        return wrapped === undefined ? [] : [{ person, wrapped }];
      });
    },
    remove: (person) =>
      inTurn(async () => {
        rows.delete(person);
        for (const listener of listeners) listener(person);
      }),
    wrappedWith: async (masters, after, limit) =>
      some((kept) => kept.person > after && isWith(masters, kept))
        .toSorted((a, b) => (a.person < b.person ? -1 : 1))
        .slice(0, limit),
    wrappedOtherwise: async (masters) => some((kept) => !isWith(masters, kept)).length,
    rewrap: async ({ person, wrapped: before }, wrapped) => {
      if (rows.get(person) === before) rows.set(person, wrapped);
    },
    listen: (removed) => {
      listeners.add(removed);
      return { close: async () => void listeners.delete(removed) };
    },
  };
  return {
    open: () => table,
    transact: (work) =>
      inTurn(async () => {
        const added = new Map<string, WrappedKey>();
        const sql: Sql = async () => {
          throw new Error('there is no database here');
        };
        adding.set(sql, added);
        await work(sql);
        for (const [person, wrapped] of added) rows.set(person, wrapped);
      }),
    rows: () => rows,
  };
};
