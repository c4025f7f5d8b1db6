/**
 * Read models in memory: what a store owes its callers, without a database. It refuses the rows that PostgreSQL
 * refuses, commits all or nothing, and can be made to fail, so that a simulation under a seed can be believed.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type Build,
  indexedText,
  keyText,
  nameOfBuild,
  type Row,
  type Table,
  tablesOf,
  uniqueIndexesOf,
} from '@plenum/read-model';
import {
  type Checkpoint,
  type CheckpointTransaction,
  ConsumerGone,
  type ConsumerId,
  type Counters,
  noCounters,
  type ParkedRecord,
  type TopicPartition,
} from '../consumer/checkpoint-store.ts';
import { Poison, TransientFailure } from '../errors.ts';
import type { ReadModelStore, RowsTransaction } from '../read-model-store.ts';
import { memoryBuilds } from './memory-builds.ts';
import { refusalOf } from './postgres-refusals.ts';

export type MemoryFailures = {
  /** Asked at every commit. TransientFailure before it: nothing has happened. After it: everything has, unanswered. */
  readonly atCommit?: () => 'none' | 'before' | 'after';
  /** Rows to refuse as Poison besides those PostgreSQL would. Has to answer the same for the same row. */
  readonly refuses?: (table: Table, row: Row) => boolean;
};

export type MemoryReadModelStore = ReadModelStore & {
  /** Committed rows by key text. */
  rows(build: Build, table: string): ReadonlyMap<string, Row>;
  /** Committed counters of all partitions together. */
  counters(build: Build): Counters;
  /** Committed parked records of all partitions. */
  parked(build: Build): readonly (ParkedRecord & TopicPartition)[];
  /** What a server that crashes does: open transactions end, and what was committed since the last `confirm` is gone. */
  crash(): void;
};

export const memoryReadModelStore = (failures: MemoryFailures = {}): MemoryReadModelStore => {
  const partitionsKept = new Map<string, PartitionKept>();
  const tables = new Map<string, Map<string, Row>>();
  const builds = memoryBuilds();
  /** Undoes the commits that a crash takes, the latest last. */
  let passing: (() => void)[] = [];
  let crashes = 0;
  const tablesFor = (build: Build, table: string): Map<string, Row> =>
    tables.get(tableName(build, table)) ?? fail(`${tableName(build, table)} was never prepared`);
  const partitionFor = (consumer: ConsumerId, at: TopicPartition): PartitionKept => {
    const kept = partitionsKept.get(partitionName(consumer, at));
    if (kept === undefined) throw new ConsumerGone(consumer, at);
    return kept;
  };
  const partitionsOf = (consumer: ConsumerId): readonly PartitionKept[] =>
    [...partitionsKept].filter(([name]) => name.startsWith(`${nameOfBuild(consumer)}/`)).map(([, kept]) => kept);
  const isBehind = (build: ConsumerId, active: ConsumerId): boolean =>
    partitionsOf(active).some(({ at, checkpoint }) => {
      const own = partitionsKept.get(partitionName(build, at));
      return own !== undefined && own.checkpoint.next < checkpoint.next;
    });
  const parksMore = (build: ConsumerId, active: ConsumerId): boolean => {
    const seen = partitionsOf(build).flatMap(({ at, parked }) => {
      const next = partitionsKept.get(partitionName(active, at))?.checkpoint.next;
      return parked.filter(({ offset }) => next === undefined || offset < next);
    });
    return seen.length > parkedRecords(active);
  };
  const parkedRecords = (build: ConsumerId): number =>
    partitionsOf(build).reduce((records, { parked }) => records + parked.length, 0);

  /** Of several places those are left out that are busy, or not there any more. */
  const lockable = (
    projection: ConsumerId,
    places: readonly TopicPartition[],
  ): readonly (PartitionKept | undefined)[] => {
    const [only, ...others] = places;
    if (only !== undefined && others.length === 0) return [partitionFor(projection, only)];
    const all = places.map((at) => partitionsKept.get(partitionName(projection, at)));
    return all.map((kept) => (kept?.waiting === 0 ? kept : undefined));
  };
  const transactOn = async <T>(
    projection: ConsumerId & Build,
    places: readonly TopicPartition[],
    work: (opened: Opened) => Promise<T>,
  ): Promise<T> => {
    const kept = lockable(projection, places);
    const held = kept.filter((one) => one !== undefined);
    const turn = Promise.withResolvers<void>();
    const before = held.map(({ busy }) => busy);
    for (const one of held) {
      one.busy = turn.promise;
      one.waiting += 1;
    }
    await Promise.all(before);
    const crashesBefore = crashes;
    try {
      const { opened, changes } = open(kept, (table) => tablesFor(projection, table), failures);
      const result = await work(opened);
      const transient = crashes > crashesBefore ? 'before' : (failures.atCommit?.() ?? 'none');
      if (transient === 'before') throw new TransientFailure('08006', 'connection lost before the commit');
      const undo = commit(changes(), kept, (table) => tablesFor(projection, table));
      passing.push(undo);
      if (transient === 'after') throw new TransientFailure('08006', 'connection lost after the commit');
      return result;
    } finally {
      for (const one of held) one.waiting -= 1;
      turn.resolve();
    }
  };

  return {
    async builds() {
      return builds.all();
    },
    async prepare(build, partitions) {
      const state = builds.enter(build);
      for (const { name } of tablesOf(build)) tables.getOrInsertComputed(tableName(build, name), () => new Map());
      for (const at of partitions)
        partitionsKept.getOrInsertComputed(partitionName(build, at), () => emptyPartition(at));
      return state;
    },
    async activate(build, { acceptParked = false } = {}) {
      const activated = builds.activate(build, (active) => {
        if (!acceptParked && parksMore(build, active)) return 'parks more';
        return isBehind(build, active) ? 'behind' : undefined;
      });
      if (activated === 'active') passing = []; // This waits for the disk, and with it goes all that was committed before.
      return activated;
    },
    async parkedRecords(build) {
      return parkedRecords(build);
    },
    async retire(build) {
      builds.retire(build);
    },
    async dropRetired() {
      let left = 0;
      for (const build of builds.all().filter(({ state }) => state === 'retired')) {
        const own = partitionsOf(build);
        // As a lock is not to be had in time: somebody is in the middle of a batch.
        if (own.some(({ waiting }) => waiting > 0)) left += 1;
        else {
          for (const { at } of own) partitionsKept.delete(partitionName(build, at));
          for (const name of tables.keys()) if (name.startsWith(`${nameOfBuild(build)}.`)) tables.delete(name);
          builds.drop(build);
        }
      }
      return left;
    },
    async position(projection, at) {
      return partitionFor(projection, at).checkpoint.next;
    },
    async confirm(projection, at) {
      passing = [];
      return partitionFor(projection, at).checkpoint.next;
    },
    async parkedKeys(projection) {
      return partitionsOf(projection).flatMap(({ at, parked }) =>
        [...new Set(parked.map(({ key }) => key))].map((key) => {
          const offsets = parked.filter((record) => record.key === key).map(({ offset }) => offset);
          return { ...at, key, from: offsets.reduce((least, offset) => (offset < least ? offset : least)) };
        }),
      );
    },
    async parkedOffsets(projection, { key, ...at }, offsetsMax) {
      const offsets = partitionFor(projection, at).parked.filter((record) => record.key === key);
      return offsets
        .map(({ offset }) => offset)
        .sort((a, b) => Number(a - b))
        .slice(0, offsetsMax);
    },
    transact: (projection, at, work) =>
      transactOn(projection, [at], ({ rows, partitions: [partition] }) =>
        work({ ...rows, ...(partition ?? fail('one partition is waited for')) }),
      ),
    transactTogether: (projection, places, work) =>
      transactOn(projection, places, ({ rows, partitions }) =>
        work({
          ...rows,
          partitions,
          advance: async (moves) => {
            for (const { at, next, counters } of moves) {
              const index = places.findIndex((place) => isDeepStrictEqual(place, at));
              await (partitions[index] ?? fail(`${at.topic}/${at.partition} is not held`)).advance(next, counters);
            }
          },
        }),
      ),
    rows: (projection, table) => new Map(tablesFor(projection, table)),
    counters: (projection) =>
      partitionsOf(projection).reduce((counters, { checkpoint }) => add(counters, checkpoint.counters), noCounters),
    parked: (projection) =>
      partitionsOf(projection).flatMap(({ at, parked }) => parked.map((record) => ({ ...record, ...at }))),
    crash() {
      crashes += 1;
      for (const undo of passing.toReversed()) undo();
      passing = [];
    },
  };
};

/** What a transaction may do: to rows, and to each partition that it holds, by its place. */
type Opened = {
  readonly rows: RowsTransaction;
  readonly partitions: readonly (CheckpointTransaction | undefined)[];
};

/** What one transaction, or one attempt inside it, has changed so far. */
type Changes = {
  /** `undefined`: it has ended. */
  readonly rows: Map<string, Map<string, Row | undefined>>;
  /** By place. */
  readonly partitions: readonly (PartitionChanges | undefined)[];
};

type PartitionChanges = {
  readonly parked: ParkedRecord[];
  readonly released: { readonly key: string; readonly through: bigint }[];
  checkpoint: Checkpoint;
};

type PartitionKept = {
  readonly at: TopicPartition;
  checkpoint: Checkpoint;
  readonly parked: ParkedRecord[];
  /** Settles when the transaction that holds the lock, and all that wait before, are over. */
  busy: Promise<void>;
  /** Transactions that hold the lock or wait for it. */
  waiting: number;
};

type Committed = (table: string) => Map<string, Row>;

const open = (
  kept: readonly (PartitionKept | undefined)[],
  committed: Committed,
  failures: MemoryFailures,
): { readonly opened: Opened; readonly changes: () => Changes } => {
  const locked = kept.map((one) => one?.checkpoint);
  let layers: readonly Changes[] = [noChanges(locked)];
  const top = (): Changes => layers.at(-1) ?? fail('a transaction has changes of its own');
  const find = (table: Table, key: string): Row | undefined => {
    const layer = layers.findLast(({ rows }) => rows.get(table.name)?.has(key));
    return layer === undefined ? committed(table.name).get(key) : layer.rows.get(table.name)?.get(key);
  };
  /** Throws when another row has what this one may hold alone. */
  const refuseTaken = (table: Table, row: Row): void => {
    for (const index of uniqueIndexesOf(table)) {
      const taken = indexedText(index, row);
      const keys = new Set([
        ...committed(table.name).keys(),
        ...layers.flatMap(({ rows }) => [...(rows.get(table.name)?.keys() ?? [])]),
      ]);
      keys.delete(keyText(table, row));
      const other = [...keys]
        .map((key) => find(table, key))
        .find((found) => found && indexedText(index, found) === taken);
      if (taken !== undefined && other !== undefined)
        throw new Poison('23505', `another row of ${table.name} has ${taken}`);
    }
  };
  const refuse = (table: Table, row: Row): void => {
    const refusal = refusalOf(table, row);
    if (refusal !== undefined) throw refusal;
    if (failures.refuses?.(table, row)) throw new Poison('23000', `${table.name} refuses the row`);
  };
  const rowsOnTop = (table: Table) => top().rows.getOrInsertComputed(table.name, () => new Map());
  const put = (table: Table, row: Row): void => {
    refuseTaken(table, row);
    rowsOnTop(table).set(keyText(table, row), { ...row });
  };

  const rows: RowsTransaction = {
    insertNew: async (table, rows) =>
      rows.map((row) => {
        refuse(table, row);
        const isNew = find(table, keyText(table, row)) === undefined;
        if (isNew) put(table, row);
        return isNew;
      }),
    load: async (table, keys) =>
      new Map(
        keys.flatMap((key) => {
          const text = keyText(table, key);
          const row = find(table, text);
          return row === undefined ? [] : [[text, { ...row }] as const];
        }),
      ),
    save: async (table, rows) => {
      const keys = new Set(rows.map((row) => keyText(table, row)));
      if (keys.size < rows.length) fail(`${table.name}: one save holds a key twice`);
      for (const row of rows) {
        refuse(table, row);
        put(table, row);
      }
    },
    remove: async (table, keys) => {
      for (const key of keys) rowsOnTop(table).set(keyText(table, key), undefined);
    },
    check: async (table, rows) => {
      for (const row of rows) refuse(table, row);
    },
    attempt: async (work) => {
      const outer = layers;
      layers = [...outer, noChanges(top().partitions.map((partition) => partition?.checkpoint))];
      try {
        const result = await work();
        const inner = top();
        layers = outer;
        merge(inner, top());
        return result;
      } finally {
        layers = outer;
      }
    },
  };
  const partitionAt = ({ checkpoint: at, parked: there }: PartitionKept, place: number): CheckpointTransaction => {
    const changesIn = (layer: Changes): PartitionChanges => layer.partitions[place] ?? fail('it is held');
    return {
      checkpoint: at,
      parkedKeys: async (keys) => {
        const parked = new Set([...there, ...layers.flatMap((layer) => changesIn(layer).parked)].map(({ key }) => key));
        return new Set(keys.filter((key) => parked.has(key)));
      },
      park: async (records) => {
        // The value may be a view into a buffer that is used again.
        changesIn(top()).parked.push(...records.map((record) => ({ ...record, value: record.value.slice() })));
      },
      release: async (key, through, { applied, duplicates, notForIt }) => {
        const records = applied + duplicates + notForIt;
        const found = there.filter((record) => record.key === key && record.offset <= through).length;
        if (found !== records) throw new TransientFailure('fenced', `${found} records are parked and not ${records}`);
        const changes = changesIn(top());
        changes.released.push({ key, through });
        const { next, counters } = changes.checkpoint;
        const released = { read: 0, applied, duplicates, notForIt, parked: -records };
        changes.checkpoint = { next, counters: add(counters, released) };
      },
      advance: async (next, counters) => {
        const changes = changesIn(top());
        if (changes.checkpoint.next !== at.next) throw new TransientFailure('fenced', 'the checkpoint has moved');
        changes.checkpoint = { next, counters: add(at.counters, counters) };
      },
    };
  };
  const partitions = kept.map((one, place) => one && partitionAt(one, place));
  return { opened: { rows, partitions }, changes: top };
};

const noChanges = (checkpoints: readonly (Checkpoint | undefined)[]): Changes => ({
  rows: new Map(),
  partitions: checkpoints.map((checkpoint) => checkpoint && { parked: [], released: [], checkpoint }),
});

const merge = (from: Changes, into: Changes): void => {
  for (const [table, rows] of from.rows) {
    const target = into.rows.getOrInsertComputed(table, () => new Map());
    for (const [key, row] of rows) target.set(key, row);
  }
  for (const [place, partition] of from.partitions.entries()) {
    const target = into.partitions[place];
    if (partition === undefined || target === undefined) continue;
    target.parked.push(...partition.parked);
    target.released.push(...partition.released);
    target.checkpoint = partition.checkpoint;
  }
};

/** @returns what undoes it, as long as nothing that was committed later is still there. */
const commit = (changes: Changes, kept: readonly (PartitionKept | undefined)[], committed: Committed): (() => void) => {
  const before: (() => void)[] = [];
  for (const [table, rows] of changes.rows) {
    const there = committed(table);
    for (const [key, row] of rows) {
      const old = there.get(key);
      before.push(() => put(there, key, old));
      put(there, key, row);
    }
  }
  for (const [place, partition] of changes.partitions.entries()) {
    const one = kept[place];
    if (partition !== undefined && one !== undefined) before.push(commitPartition(partition, one));
  }
  return () => {
    for (const undo of before) undo();
  };
};

const commitPartition = (changes: PartitionChanges, kept: PartitionKept): (() => void) => {
  const { checkpoint, parked } = kept;
  const parkedBefore = [...parked];
  const isReleased = ({ key, offset }: ParkedRecord): boolean =>
    changes.released.some((released) => released.key === key && offset <= released.through);
  const parkedNow = [...parked.filter((record) => !isReleased(record)), ...changes.parked];
  parked.splice(0, parked.length, ...parkedNow);
  kept.checkpoint = changes.checkpoint;
  return () => {
    parked.splice(0, parked.length, ...parkedBefore);
    kept.checkpoint = checkpoint;
  };
};

const put = (rows: Map<string, Row>, key: string, row: Row | undefined): void =>
  void (row === undefined ? rows.delete(key) : rows.set(key, row));

const emptyPartition = (at: TopicPartition): PartitionKept => ({
  at,
  checkpoint: { next: 0n, counters: noCounters },
  parked: [],
  busy: Promise.resolve(),
  waiting: 0,
});

const tableName = (build: ConsumerId, table: string): string => `${nameOfBuild(build)}.${table}`;
const partitionName = (consumer: ConsumerId, at: TopicPartition): string =>
  `${nameOfBuild(consumer)}/${at.topic}/${at.partition}`;

const add = (a: Counters, b: Counters): Counters => ({
  read: a.read + b.read,
  applied: a.applied + b.applied,
  duplicates: a.duplicates + b.duplicates,
  notForIt: a.notForIt + b.notForIt,
  parked: a.parked + b.parked,
});

const fail = (message: string): never => {
  throw new Error(message);
};
