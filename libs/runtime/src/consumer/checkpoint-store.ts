/**
 * How far each consumer is in each partition it reads, what became of the records before that, and which of them are set
 * aside. One table for all consumers. Implementations pass `checkpointStoreContract` from `@plenum/runtime/testing`.
 */

/** Who reads. Of a projection, one of its builds: each has read by itself. */
export type ConsumerId = {
  /** A projection's own, which has no hyphen; every other consumer has one in its name, so that the two never meet. */
  readonly name: string;
  /** What has no versions has the first for ever. */
  readonly version: number;
  /** What is never built again has the first for ever. */
  readonly generation: number;
};

/**
 * A consumer has no checkpoint: it was never prepared, or what it read for was dropped, in which case it ends. It is no
 * TransientFailure: waiting does not help.
 */
export class ConsumerGone extends Error {
  constructor({ name, version, generation }: ConsumerId, at?: TopicPartition) {
    const where = at === undefined ? '' : ` of ${at.topic}/${at.partition}`;
    super(
      `${name} v${version} generation ${generation} has no checkpoint${where}: it was never prepared, or is dropped`,
    );
    this.name = 'ConsumerGone';
  }
}

export type TopicPartition = { readonly topic: string; readonly partition: number };

/** What is asked about a consumer outside of a transaction. */
export type CheckpointReads = {
  /** The next offset to read, as committed. @throws TransientFailure; ConsumerGone when there is no row: `prepare` makes it. */
  position(consumer: ConsumerId, at: TopicPartition): Promise<bigint>;
  /** The same, when nothing that was committed before it can be lost any more. */
  confirm(consumer: ConsumerId, at: TopicPartition): Promise<bigint>;
  /** Every key of the consumer that is parked, with the first offset that is; none before it was prepared. */
  parkedKeys(consumer: ConsumerId): Promise<readonly ParkedKey[]>;
  /** The offsets that are parked under a key, the first ones, in order; at most so many. */
  parkedOffsets(consumer: ConsumerId, at: ParkedKey, offsetsMax: number): Promise<readonly bigint[]>;
};

/** For consumers whose rows are elsewhere, or that have none. A projection's are in a `ReadModelStore`. */
export type CheckpointStore = CheckpointReads & {
  /** Makes the rows that are not there. They exist before anybody reads, and are only ever updated from then on. */
  prepare(consumer: ConsumerId, partitions: readonly TopicPartition[]): Promise<void>;
  /**
   * Runs `work` in one transaction that holds the checkpoint row's lock, so every writer of this consumer and partition
   * waits for the others, those that were frozen included. Commits when `work` settles, and lasts from then on; rolls back
   * when it rejects.
   * @throws ConsumerGone; TransientFailure; after one at the commit itself the outcome is unknown, and the next checkpoint shows it.
   */
  transact<T>(consumer: ConsumerId, at: TopicPartition, work: (tx: CheckpointTransaction) => Promise<T>): Promise<T>;
  /**
   * The same in several partitions at once, no two of them the same. A single one is waited for; of several, those whose
   * checkpoint another transaction holds are left out: a member that froze holds up its own partition and no others.
   */
  transactTogether<T>(
    consumer: ConsumerId,
    places: readonly TopicPartition[],
    work: (tx: CheckpointsTransaction) => Promise<T>,
  ): Promise<T>;
};

/** In several partitions. */
export type CheckpointsTransaction = {
  /** Of each place, in the order given, what is done to it alone; `undefined` where it is left out. */
  readonly partitions: readonly (PartitionTransaction | undefined)[];
  /**
   * Moves checkpoints and adds to their counters.
   * @throws TransientFailure when one of them is not what this transaction locked.
   */
  advance(moves: readonly Move[]): Promise<void>;
};

export type PartitionTransaction = Pick<CheckpointTransaction, 'checkpoint' | 'parkedKeys' | 'park'>;

export type Move = { readonly at: TopicPartition; readonly next: bigint; readonly counters: Counters };

export type CheckpointTransaction = {
  /** The checkpoint as locked by this transaction. */
  readonly checkpoint: Checkpoint;
  /** Which of these record keys are parked. */
  parkedKeys(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Sets records aside. A key is parked from its first record on. */
  park(records: readonly ParkedRecord[]): Promise<void>;
  /**
   * Takes back what was set aside of a key, up to and with the offset `through`, because it has been dealt with now: as many
   * records as `counters` count, which is what they came to instead of `parked`. When none are left, the key is parked no
   * more. The checkpoint stays where it is.
   * @throws TransientFailure when it is not as many: somebody else has taken them back.
   */
  release(key: string, through: bigint, counters: Released): Promise<void>;
  /**
   * Moves the checkpoint and adds to its counters.
   * @throws TransientFailure when the checkpoint is not what this transaction locked.
   */
  advance(next: bigint, counters: Counters): Promise<void>;
};

export type Checkpoint = { readonly next: bigint; readonly counters: Counters };

/** The balance: `read = applied + duplicates + notForIt + parked`, always. They change with the checkpoint. */
export type Counters = {
  readonly read: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly notForIt: number;
  readonly parked: number;
};

export const noCounters: Counters = { read: 0, applied: 0, duplicates: 0, notForIt: 0, parked: 0 };

/** What parked records came to when they were tried again. */
export type Released = Pick<Counters, 'applied' | 'duplicates' | 'notForIt'>;

/** A record key of which a consumer takes nothing more, from the offset `from` on, and under which name it is parked. */
export type ParkedKey = TopicPartition & { readonly key: string; readonly from: bigint };

export type ParkedRecord = {
  readonly offset: bigint;
  readonly key: string;
  readonly eventId: string | undefined;
  readonly value: Uint8Array;
  /** Why: a code such as `22P05`, `undecodable`, or `behind` for records that wait behind an earlier one. */
  readonly code: string;
  readonly reason: string;
};
