/**
 * Read models in memory: what a store owes its callers, without a database. It refuses the rows that PostgreSQL
 * refuses, commits all or nothing, and can be made to fail, so that a simulation under a seed can be believed.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Build, nameOfBuild, type Row, tablesOf } from '@plenum/read-model';
import {
  ConsumerGone,
  type ConsumerId,
  type Counters,
  noCounters,
  type ParkedRecord,
  type TopicPartition,
} from '../consumer/checkpoint-store.ts';
import { TransientFailure } from '../errors.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { memoryBuilds } from './memory-builds.ts';
import {
  addCounters,
  commitMemoryTransaction,
  fail,
  type Opened,
  openMemoryTransaction,
  type PartitionKept,
  type Refuses,
} from './memory-transaction.ts';

export type MemoryFailures = {
  /** Asked at every commit. TransientFailure before it: nothing has happened. After it: everything has, unanswered. */
  readonly atCommit?: () => 'none' | 'before' | 'after';
  /** Rows to refuse as Poison besides those PostgreSQL would. Has to answer the same for the same row. */
  readonly refuses?: Refuses;
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
      const committed = (table: string): Map<string, Row> => tablesFor(projection, table);
      const { opened, changes } = openMemoryTransaction(kept, committed, failures.refuses);
      const result = await work(opened);
      const transient = crashes > crashesBefore ? 'before' : (failures.atCommit?.() ?? 'none');
      if (transient === 'before') throw new TransientFailure('08006', 'connection lost before the commit');
      const undo = commitMemoryTransaction(changes(), kept, committed);
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
      partitionsOf(projection).reduce(
        (counters, { checkpoint }) => addCounters(counters, checkpoint.counters),
        noCounters,
      ),
    parked: (projection) =>
      partitionsOf(projection).flatMap(({ at, parked }) => parked.map((record) => ({ ...record, ...at }))),
    crash() {
      crashes += 1;
      for (const undo of passing.toReversed()) undo();
      passing = [];
    },
  };
};

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
