import type { Projection, Row, Table } from '@plenum/read-model';

/**
 * Where read models live, with the checkpoints that say how much of the log is in them. Implementations pass
 * `readModelStoreContract` from `@plenum/runtime/testing`. What to do inside a transaction is decided in
 * `project-batch.ts`, not here.
 */
export type ReadModelStore = {
  /**
   * Makes a projection's tables and its checkpoint rows, if they are not there. Safe from several processes at once. The
   * first version of a projection is active at once; a later one is `building` until `activate`, while queries go on
   * seeing the older one.
   * @throws when a higher version is active, or tables of this version exist in another shape: somebody has to decide.
   */
  prepare(projection: Projection, partitions: readonly TopicPartition[]): Promise<ProjectionState>;
  /** Makes queries see this version, all its tables at one moment. Again: nothing happens. @throws as `prepare`. */
  activate(projection: Projection): Promise<void>;
  /** The next offset to read, as committed. The row exists: `prepare` made it. */
  position(projection: Projection, at: TopicPartition): Promise<bigint>;
  /** The same, when nothing that was committed before it can be lost any more. */
  confirm(projection: Projection, at: TopicPartition): Promise<bigint>;
  /** Every key of the projection that is parked, with the first offset that is; none before it was prepared. */
  parkedKeys(projection: Projection): Promise<readonly ParkedKey[]>;
  /** The offsets that are parked under a key, the first ones, in order; at most so many. */
  parkedOffsets(projection: Projection, at: ParkedKey, offsetsMax: number): Promise<readonly bigint[]>;
  /**
   * Runs `work` in one transaction that holds the checkpoint row's lock, so every writer of this projection and partition
   * waits for the others, zombies included. Commits when `work` settles, rolls back when it rejects. A database that
   * crashes may take the latest commits with it, never one out of the middle.
   * @throws TransientFailure; after one at the commit itself the outcome is unknown, and the next checkpoint tells.
   */
  transact<T>(projection: Projection, at: TopicPartition, work: (tx: ReadModelTransaction) => Promise<T>): Promise<T>;
};

/** Whether queries see this version of a projection, or it is still being built beside the one they see. */
export type ProjectionState = 'building' | 'active';

/** A record key of which a projection takes nothing more, from the offset `from` on, and under which name it is parked. */
export type ParkedKey = TopicPartition & { readonly key: string; readonly from: bigint };

export type TopicPartition = { readonly topic: string; readonly partition: number };

/**
 * What is asked for is done in the order it is asked for, whether or not the caller waits for one answer before the next
 * question; what follows something that was refused is refused too.
 */
export type ReadModelTransaction = {
  /** The checkpoint as locked by this transaction. */
  readonly checkpoint: Checkpoint;
  /**
   * Inserts ledger rows. Says for each whether it is new; a key already there, or earlier in `rows`, is not.
   * @throws Poison when a row will never be accepted, though its key be there; then only `attempt` around it saves
   *   the transaction.
   */
  insertNew(table: Table, rows: readonly Row[]): Promise<readonly boolean[]>;
  /** The rows there are for these keys (rows holding at least the key columns), by key text. */
  load(table: Table, keys: readonly Row[]): Promise<ReadonlyMap<string, Row>>;
  /** Inserts or replaces whole rows. At most one row per key, in an order that every writer keeps. @throws Poison. */
  save(table: Table, rows: readonly Row[]): Promise<void>;
  /**
   * Whether these rows could be saved; changes nothing. For rows that are replaced before they are ever saved, so
   * that what is refused does not depend on which of them share a batch.
   * @throws Poison when one could not.
   */
  check(table: Table, rows: readonly Row[]): Promise<void>;
  /** Undoes everything done inside `work` if it rejects, and rejects with the same error. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** Which of these record keys are parked. */
  parkedKeys(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Sets records aside. A key is parked from its first record on. */
  park(records: readonly ParkedRecord[]): Promise<void>;
  /**
   * Takes back what was set aside of a key, up to and with the offset `through`, because it has been dealt with now: as many
   * records as `sums` counts, which is what they came to instead of `parked`. When none are left, the key is parked no more.
   * The checkpoint stays where it is.
   * @throws TransientFailure when it is not as many: somebody else has taken them back.
   */
  release(key: string, through: bigint, sums: Released): Promise<void>;
  /**
   * Moves the checkpoint and adds to its sums.
   * @throws TransientFailure when the checkpoint is not what this transaction locked.
   */
  advance(next: bigint, sums: Sums): Promise<void>;
};

export type Checkpoint = { readonly next: bigint; readonly sums: Sums };

/** `read = applied + duplicates + notForIt + parked`, always: they change in the rows' own transaction. */
export type Sums = {
  readonly read: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly notForIt: number;
  readonly parked: number;
};

/** What parked records came to when they were tried again. */
export type Released = Pick<Sums, 'applied' | 'duplicates' | 'notForIt'>;

export type ParkedRecord = {
  readonly offset: bigint;
  readonly key: string;
  readonly eventId: string | undefined;
  readonly value: Uint8Array;
  /** Why: a code such as `22P05`, `undecodable`, or `behind` for records that wait behind an earlier one. */
  readonly code: string;
  readonly reason: string;
};
