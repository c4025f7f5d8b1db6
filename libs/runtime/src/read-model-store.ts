import type { Build, Row, Table } from '@plenum/read-model';
import type {
  CheckpointReads,
  CheckpointsTransaction,
  CheckpointTransaction,
  TopicPartition,
} from './consumer/checkpoint-store.ts';

/**
 * Where read models live, with the checkpoints that say how much of the log is in them. Implementations pass
 * `readModelStoreContract` from `@plenum/runtime/testing`. What to do inside a transaction is decided in
 * `project-batch.ts`, not here.
 */
export type ReadModelStore = CheckpointReads & {
  /** Every build of every projection that there is or was, by name, version and generation. None before the first. */
  builds(): Promise<readonly KnownBuild[]>;
  /**
   * Makes a build's tables and its checkpoint rows, if they are not there. Safe from several processes at once. The first
   * build of a projection is active at once; another is `building` until `activate`, while queries go on seeing the active
   * one. At most one of a projection is building: one of a lower version is given up for it.
   * @throws ConsumerGone when this build is retired or dropped, or another one is being made; an error when a higher version
   *   is active, or tables of this build exist in another shape: somebody has to decide.
   */
  prepare(build: Build, partitions: readonly TopicPartition[]): Promise<BuildState>;
  /**
   * Makes queries see this build, all its tables at one moment, and retires the one they saw. Not while it has less than that
   * one in any partition, nor while queries that do not end keep the exchange from being made soon, nor while it has parked
   * more of what that one has read, unless `acceptParked`. @throws ConsumerGone when it is retired or dropped.
   */
  activate(build: Build, how?: { readonly acceptParked?: boolean }): Promise<Activated>;
  /** How many records a build has parked. */
  parkedRecords(build: BuildId): Promise<number>;
  /** Gives up a build that is being made. Again: nothing happens. @throws an error when it is active. */
  retire(build: BuildId): Promise<void>;
  /** Drops everything that retired builds have, but for those that queries still read. @returns how many are left. */
  dropRetired(): Promise<number>;
  /** As a `CheckpointStore` does. A database that crashes may take the latest commits with it, never one out of the middle. */
  transact<T>(build: Build, at: TopicPartition, work: (tx: ReadModelTransaction) => Promise<T>): Promise<T>;
  /**
   * As a `CheckpointStore` does; `work` may be called a second time, in another transaction, when all that it did in the first
   * has been undone.
   */
  transactTogether<T>(
    build: Build,
    places: readonly TopicPartition[],
    work: (tx: PartitionsTransaction) => Promise<T>,
  ): Promise<T>;
};

/** Whether queries see a build, or it is still being made beside the one they see. */
export type BuildState = 'building' | 'active';

/** `behind`: not yet, try again later. `parks more`: queries would miss what the build has parked and the active one has not. */
export type Activated = 'active' | 'behind' | 'parks more';

export type BuildId = Pick<Build, 'name' | 'version' | 'generation'>;

/** `retired`: queries saw it, or it was given up, and it is about to be dropped. */
export type KnownBuild = BuildId & { readonly state: BuildState | 'retired' | 'dropped' };

/** In one partition. */
export type ReadModelTransaction = CheckpointTransaction & RowsTransaction;

/** In several partitions. */
export type PartitionsTransaction = RowsTransaction & CheckpointsTransaction;

/**
 * What is asked for is done in the order it is asked for, whether or not the caller waits for one answer before the next
 * question; what follows something that was refused is refused too.
 */
export type RowsTransaction = {
  /**
   * Inserts ledger rows. Says for each whether it is new; a key already there, or earlier in `rows`, is not.
   * @throws Poison when a row will never be accepted, though its key be there; then only `attempt` around it saves
   *   the transaction.
   */
  insertNew(table: Table, rows: readonly Row[]): Promise<readonly boolean[]>;
  /** The rows there are for these keys (rows holding at least the key columns), by key text. */
  load(table: Table, keys: readonly Row[]): Promise<ReadonlyMap<string, Row>>;
  /**
   * Inserts or replaces whole rows. At most one row per key, in an order that every writer keeps. `before`, parallel to
   * `rows`: what is in the store under the row's key, as this transaction has it, where that is known; `undefined` where
   * nothing is or nobody knows. Then only what differs may be written, those rows before the others.
   * @throws Poison, also when a row has what another one has in a unique index (23505): no row may for a moment;
   *   TransientFailure when a row that was to change is not there: a caller that remembered it has to forget it.
   */
  save(table: Table, rows: readonly Row[], before?: readonly (Row | undefined)[]): Promise<void>;
  /** Ends the rows of these keys (rows holding at least the key columns), where they are. */
  remove(table: Table, keys: readonly Row[]): Promise<void>;
  /**
   * Whether these rows could be saved; changes nothing. For rows that are replaced before they are ever saved, so
   * that what is refused does not depend on which of them share a batch.
   * @throws Poison when one could not.
   */
  check(table: Table, rows: readonly Row[]): Promise<void>;
  /** Undoes everything done inside `work` if it rejects, and rejects with the same error. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
};
