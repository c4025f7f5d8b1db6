/** Follows one partition while this member holds it: read, hand over, go on where the handler says. */
import { type Logger, LogTruncated, retryUntilStopped, type Subscription, type Turns } from '@plenum/runtime';
import type { Ends } from './ends.ts';
import { cutBatches, type Fetched, fetchBatches, type Place } from './fetch.ts';
import type { LogDatabase } from './log-database.ts';

export type Follow = {
  readonly database: LogDatabase;
  readonly ends: Ends;
  readonly logger: Logger;
  readonly place: Place;
  readonly subscription: Subscription;
  /** Asked before every batch, so that a process that was frozen does not go on with what others have by now. */
  readonly holds: () => boolean;
  /** Shared by the partitions that this member follows. */
  readonly turns: Turns;
  readonly stop: AbortSignal;
};

/** More than one batch a round trip; `fetchBatches` bounds the bytes. */
const fetchRecordsMax = 10_000;

/**
 * Settles when asked to stop or when the lease is no longer certain, always between two batches.
 * @throws whatever the handler or the log throws that is not TransientFailure; TransientFailure is waited out, for as long as it lasts.
 */
export const followPartition = async (follow: Follow): Promise<void> => {
  const { place, logger, stop } = follow;
  const { topic, partition } = place;
  await retryUntilStopped((progressed) => handOver(follow, progressed), {
    ...{ logger, stop, waiting: 'waiting to go on', fields: { topic: topic.name, partition } },
  });
};

const handOver = async (
  { database, ends, place, subscription, holds, turns, stop }: Follow,
  went: () => void,
): Promise<void> => {
  const { topic, partition } = place;
  const { recordsMax } = subscription;
  let at = await subscription.position(topic.name, partition);
  let end = at;
  while (!stop.aborted) {
    const done = await turns.next();
    try {
      const fetched = await fetchBatches(database, place, at, Math.max(recordsMax, fetchRecordsMax));
      end = endOf(fetched, place, at);
      for (const batch of cutBatches(place, fetched, { from: at, to: end, recordsMax })) {
        if (stop.aborted || !holds()) return;
        at = await subscription.handle(batch);
        went();
        if (at !== batch.nextOffset) break;
      }
    } finally {
      done();
    }
    // Looking again before there are new records would mostly find nothing, and costs as much as finding something.
    if (at === end) await ends.beyond(topic.id, partition, at, stop);
  }
};

/** @throws when the position is not in the log: waiting until it is would skip whatever is written until then. */
const endOf = ({ first, end }: Fetched, { topic, partition }: Place, at: bigint): bigint => {
  if (at < first) throw new LogTruncated(topic.name, partition, at, first);
  if (at > end) {
    throw new Error(`${topic.name}/${partition} ends at ${end}, before the position ${at}: events are missing`);
  }
  return end;
};
