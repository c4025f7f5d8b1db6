/** Follows one partition while this member holds it: read, hand over, go on where the handler says. */
import { type Logger, LogTruncated, retryUntilStopped, type Subscription } from '@plenum/runtime';
import type { Ends } from './ends.ts';
import { cutBatches, type Fetched, type Place } from './fetch.ts';
import type { GatheredFetches, InHand } from './gathered-fetches.ts';

export type Follow = {
  readonly ends: Ends;
  readonly logger: Logger;
  readonly place: Place;
  readonly subscription: Subscription;
  /** Asked before every batch, so that a process that was frozen does not go on with what others have by now. */
  readonly holds: () => boolean;
  /** Shared by the partitions that this member follows. */
  readonly fetches: GatheredFetches;
  readonly stop: AbortSignal;
};

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

const handOver = async (follow: Follow, went: () => void): Promise<void> => {
  const { ends, place, subscription, fetches, stop } = follow;
  const { topic, partition } = place;
  let at = await subscription.position(topic.name, partition);
  /** What follows, where it is known that something does: fetched while what is before it is handed over. */
  let ahead: Promise<InHand | undefined> | undefined;
  const dropAhead = (): void => {
    void ahead?.then(
      (unwanted) => unwanted?.done(),
      () => undefined,
    );
    ahead = undefined;
  };
  try {
    while (!stop.aborted) {
      const inHand = await (ahead ?? fetches.next(place, at, stop));
      ahead = undefined;
      if (inHand === undefined) return;
      const { fetched } = inHand;
      let end = at;
      try {
        end = endOf(fetched, place, at);
        const last = fetched.rows.at(-1);
        const next = last === undefined ? end : last.lastOffset + 1n;
        if (next < end) ahead = fetches.next(place, next, stop);
        ahead?.catch(() => undefined); // It may fail before it is waited for.
        const reached = await handOverFetched(follow, { fetched, from: at, to: end, went });
        if (reached === undefined) return;
        at = reached;
        if (at !== next) dropAhead();
      } finally {
        inHand.done();
      }
      // Looking again before there are new records would mostly find nothing, and costs as much as finding something.
      if (at === end) await ends.beyond(topic.id, partition, at, stop);
    }
  } finally {
    dropAhead();
  }
};

type HandOver = { readonly fetched: Fetched; readonly from: bigint; readonly to: bigint; readonly went: () => void };

/** @returns where to go on; `undefined` when it has stopped. */
const handOverFetched = async (
  { place, subscription, holds, stop }: Follow,
  { fetched, from, to, went }: HandOver,
): Promise<bigint | undefined> => {
  const { recordsMax, handle } = subscription;
  let at = from;
  for (const batch of cutBatches(place, fetched, { from, to, recordsMax })) {
    if (stop.aborted || !holds()) return undefined;
    at = await handle(batch);
    went();
    if (at !== batch.nextOffset) break;
  }
  return at;
};

/** @throws when the position is not in the log: waiting until it is would skip whatever is written until then. */
const endOf = ({ first, end }: Fetched, { topic, partition }: Place, at: bigint): bigint => {
  if (at < first) throw new LogTruncated(topic.name, partition, at, first);
  if (at > end) {
    throw new Error(`${topic.name}/${partition} ends at ${end}, before the position ${at}: events are missing`);
  }
  return end;
};
