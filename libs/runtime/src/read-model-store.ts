import type { Projection, Row, Table } from '@plenum/read-model';
import type { CheckpointReads, CheckpointTransaction, TopicPartition } from './consumer/checkpoint-store.ts';

/**
 * Where read models live, with the checkpoints that say how much of the log is in them. Implementations pass
 * `readModelStoreContract` from `@plenum/runtime/testing`. What to do inside a transaction is decided in
 * `project-batch.ts`, not here.
 */
export type ReadModelStore = CheckpointReads & {
  /**
   * Makes a projection's tables and its checkpoint rows, if they are not there. Safe from several processes at once. The
   * first version of a projection is active at once; a later one is `building` until `activate`, while queries go on
   * seeing the older one.
   * @throws when a higher version is active, or tables of this version exist in another shape: somebody has to decide.
   */
  prepare(projection: Projection, partitions: readonly TopicPartition[]): Promise<ProjectionState>;
  /** Makes queries see this version, all its tables at one moment. Again: nothing happens. @throws as `prepare`. */
  activate(projection: Projection): Promise<void>;
  /** As a `CheckpointStore` does. A database that crashes may take the latest commits with it, never one out of the middle. */
  transact<T>(projection: Projection, at: TopicPartition, work: (tx: ReadModelTransaction) => Promise<T>): Promise<T>;
};

/** Whether queries see this version of a projection, or it is still being built beside the one they see. */
export type ProjectionState = 'building' | 'active';

/**
 * What is asked for is done in the order it is asked for, whether or not the caller waits for one answer before the next
 * question; what follows something that was refused is refused too.
 */
export type ReadModelTransaction = CheckpointTransaction & {
  /**
   * Inserts ledger rows. Says for each whether it is new; a key already there, or earlier in `rows`, is not.
   * @throws Poison when a row will never be accepted, though its key be there; then only `attempt` around it saves
   *   the transaction.
   */
  insertNew(table: Table, rows: readonly Row[]): Promise<readonly boolean[]>;
  /** The rows there are for these keys (rows holding at least the key columns), by key text. */
  load(table: Table, keys: readonly Row[]): Promise<ReadonlyMap<string, Row>>;
  /**
   * Inserts or replaces whole rows. At most one row per key, in an order that every writer keeps.
   * @throws Poison, also when a row has what another one has in a unique index (23505): no row may for a moment.
   */
  save(table: Table, rows: readonly Row[]): Promise<void>;
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
