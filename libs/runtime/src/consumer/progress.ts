/** Live counters of one consumer in one process. The balance is in its checkpoints; these say how it is going. */
import type { Batch } from '../log.ts';

export type ConsumerProgress = {
  /** Records dealt with here. What is dealt with again counts again. */
  recordsRead: number;
  batches: number;
  /** Batches that ended up somewhere else than at their end: redelivered whole, or read too far ahead. */
  elsewhere: number;
  transientWaits: number;
  lastBatchTimeMs: number | undefined;
  /** Whether all that was parked at the start has been tried once more. */
  hasTriedParked: boolean;
  /** Records behind the end of the log as last seen, by `topic/partition`. */
  readonly lag: Map<string, bigint>;
};

export const consumerProgress = (): ConsumerProgress => ({
  recordsRead: 0,
  batches: 0,
  elsewhere: 0,
  transientWaits: 0,
  lastBatchTimeMs: undefined,
  hasTriedParked: false,
  lag: new Map(),
});

/** Notes what became of a batch. */
export const noteBatch = (
  progress: ConsumerProgress,
  batch: Batch,
  { next, read }: { readonly next: bigint; readonly read: number },
): void => {
  progress.recordsRead += read;
  progress.batches += 1;
  if (next !== batch.nextOffset) progress.elsewhere += 1;
  progress.lastBatchTimeMs = Date.now();
  const behind = batch.endOffset - next;
  progress.lag.set(`${batch.topic}/${batch.partition}`, behind > 0n ? behind : 0n);
};
