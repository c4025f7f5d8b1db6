/** How much the ingest loop takes on. Every number has a reason; the settings of an app override them. */
export type IngestLimits = {
  /** A batch ends at whichever comes first. Beyond about a thousand records a commit's cost is spread thin enough. */
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
  /**
   * Appends begin so far apart, less what they and what follows them need, unless a batch is full; one after a quiet time begins
   * when the turn ends. What arrives in between is read together, pings and subscriptions with it, when the next may begin. CPU or
   * latency: an append costs the same for one message as for twenty, here, in the log and in everything that reads it.
   */
  readonly intervalMs: number;
  /**
   * Encoded records in memory. Above it sockets are not read; above half of it what nobody waits for is dropped. Several
   * times what any log has under way, and more would only be memory: a bridge that fetches a long session holds 520 MB
   * with 64 MiB, and 390 with 16.
   */
  readonly inHandBytesMax: number;
  /** The longest pause between two tries of the same batch. */
  readonly retryDelayMsMax: number;
  /** An append that takes longer counts as an absent log. */
  readonly slowAppendMs: number;
  /** Unreadable messages a client may have kept whole: a bucket of each, refilled every second. */
  readonly budget: BudgetLimits;
  /** The counts of one client and reason are recorded at most this often. */
  readonly discardIntervalMs: number;
};

export type BudgetLimits = {
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly bytes: number;
  readonly bytesPerSecond: number;
};

export const defaultIngestLimits: IngestLimits = {
  batchRecordsMax: 1000,
  batchBytesMax: 1024 * 1024,
  intervalMs: 80,
  inHandBytesMax: 16 * 1024 * 1024,
  retryDelayMsMax: 1000,
  slowAppendMs: 5000,
  budget: { messages: 100, messagesPerSecond: 10, bytes: 1024 * 1024, bytesPerSecond: 64 * 1024 },
  discardIntervalMs: 250,
};
