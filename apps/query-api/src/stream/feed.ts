/**
 * Follows one topic from its end, once for all clients of this process. It looks where the topic ends instead of joining a
 * group: a group shares partitions, and here every process needs all of them.
 */

import type { Event } from '@plenum/event';
import {
  type Batch,
  decodeAll,
  type EventCodec,
  type Log,
  type Logger,
  pause,
  retryUntilStopped,
} from '@plenum/runtime';

export type StreamedEvent = {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly event: Event;
};

export type Feed = {
  readonly topic: string;
  /** By partition, the next offset to be given out; `undefined` until the log first said where it ends. */
  next(): readonly bigint[] | undefined;
  /** Settles when that is known, and at every time that it has moved since. */
  moved(): Promise<void>;
  /** @throws what it cannot go on after. */
  run(stop: AbortSignal): Promise<void>;
};

export type FeedParts = {
  readonly log: Pick<Log, 'read'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
  readonly topic: string;
  /** By partition, the first offset that is not to be given out yet. @throws TransientFailure */
  readonly until: () => Promise<readonly bigint[]>;
  /** Called with what is in a batch; meanwhile `next` of its partition is where the batch begins. */
  readonly give: (events: readonly StreamedEvent[]) => void;
  /** How long to wait after a look that found nothing, in milliseconds. */
  readonly lookMs?: number | undefined;
};

/** Half of it is what a look costs an event on average; a look is one small query. */
const lookMsUsual = 50;
/** At most so many of a partition before others have their turn. */
const turnMax = 5_000n;

export const feedOf = (parts: FeedParts): Feed => {
  const { topic, until, logger, lookMs = lookMsUsual } = parts;
  let next: bigint[] | undefined;
  let moving = Promise.withResolvers<void>();
  const move = (): void => {
    moving.resolve();
    moving = Promise.withResolvers();
  };

  const follow = async (stop: AbortSignal, progressed: () => void): Promise<void> => {
    while (!stop.aborted) {
      const ends = await until();
      progressed();
      if (next === undefined) {
        next = [...ends];
        move();
      }
      const reached = next;
      const behind = ends.flatMap((end, partition) => (end > (reached[partition] ?? 0n) ? [{ partition, end }] : []));
      if (behind.length === 0) await pause(lookMs, stop);
      for (const { partition, end } of behind) {
        if (stop.aborted) return;
        await readOn({ parts, next: reached, partition, end });
        move();
      }
    }
  };
  return {
    topic,
    next: () => next,
    moved: () => moving.promise,
    run: async (stop) => {
      await retryUntilStopped((progressed) => follow(stop, progressed), {
        ...{ logger, stop, waiting: 'the live stream waits for the log', again: 'the live stream goes on' },
        fields: { topic },
      });
    },
  };
};

type Reading = {
  readonly parts: FeedParts;
  readonly next: bigint[];
  readonly partition: number;
  readonly end: bigint;
};

const readOn = async ({ parts, next, partition, end }: Reading): Promise<void> => {
  const { log, codec, topic, give } = parts;
  const from = next[partition] ?? 0n;
  const to = end - from > turnMax ? from + turnMax : end;
  for await (const batch of log.read({ topic, partition, from, to })) {
    const events = await eventsOf(codec, batch);
    give(events);
    next[partition] = batch.nextOffset;
  }
  // Offsets may have holes, and one may be at the end.
  if ((next[partition] ?? 0n) < to) next[partition] = to;
};

/** Those that can be read; the projector is who parks the others. @throws TransientFailure */
export const eventsOf = async (codec: EventCodec, { partition, records }: Batch): Promise<readonly StreamedEvent[]> =>
  (await decodeAll(codec, records)).flatMap(({ record, known }) =>
    known.outcome === 'event'
      ? [{ partition, offset: record.offset, timestampMs: record.timestampMs, event: known.event }]
      : [],
  );
