/**
 * The log: append-only topics, each cut into partitions with offsets that only grow. Kafka and Postgres are behind
 * it, and nothing above knows which. Every implementation passes `logContract` from `@plenum/runtime/testing`.
 */
export type Log = {
  /**
   * Appends records, each to the partition of its key (`partitionOf`). Settles when all of them are durable. Records
   * of one partition keep the order given, and an append called before another (without waiting) lands before it.
   * @throws TransientFailure when it could not be done after the adapter's own retries; some records may be in the log then,
   *   so a caller that tries again may write them twice.
   */
  append(records: readonly NewRecord[]): Promise<readonly AppendedRange[]>;

  /**
   * Hands over every partition this member is given, each in order, at least once, one batch at a time; different
   * partitions may run concurrently. Members of one group share the partitions. A member that is frozen loses its
   * partitions to others and may still hand over a batch when it wakes: the handler fences itself.
   * Settles when `stop` aborts and the batches in hand are finished; rejects when it cannot go on.
   */
  subscribe(subscription: Subscription, stop: AbortSignal): Promise<void>;

  /** A bounded range of one partition, without a group: offsets from `from` up to but without `to`. */
  read(range: Range): AsyncIterable<Batch>;

  /** The first offset still kept and the next offset to be written, of every partition in order. */
  positions(topic: string): Promise<readonly PartitionEnds[]>;

  /** Of every partition, the first offset recorded at or after a time, or the next offset if there is none. */
  positionsAt(topic: string, timeMs: number): Promise<readonly bigint[]>;

  /** Lets go of connections. Appends in flight are finished first. */
  close(): Promise<void>;
};

export type Headers = Readonly<Record<string, string>>;

export type NewRecord = {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Headers;
  /**
   * When Plenum took it. Never a device's clock: brokers refuse times that run ahead, by default by an hour. Where a clock of ours was
   * ahead and is right again, such a record is kept as if it had been taken now.
   */
  readonly timestampMs: number;
};

export type LogRecord = {
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string;
  /** May be a view into a larger buffer: copy what outlives the batch. */
  readonly value: Uint8Array;
  readonly headers: Headers;
};

/** Consecutive records of one partition. Offsets may have holes (Kafka leaves some): compare, do not count. */
export type Batch = {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for: no record between it and the first one here exists. */
  readonly fetchedOffset: bigint;
  readonly records: readonly LogRecord[];
  /** Where the next batch begins. */
  readonly nextOffset: bigint;
  /** The partition's next offset to be written, as far as known when this was read. */
  readonly endOffset: bigint;
};

export type AppendedRange = {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly count: number;
};

export type PartitionEnds = { readonly partition: number; readonly first: bigint; readonly next: bigint };

export type Range = {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
};

export type Subscription = {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where to begin in a partition just given to this member. */
  readonly position: (topic: string, partition: number) => Promise<bigint>;
  /** Handles one batch and says where to go on: normally `nextOffset`, or elsewhere to read again from there. */
  readonly handle: (batch: Batch) => Promise<bigint>;
  readonly recordsMax: number;
};
