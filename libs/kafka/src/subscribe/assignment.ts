/**
 * The partitions this member has, and where it is in each. kafkajs does not wait for anybody when it has joined a group,
 * begins to fetch at an offset of its own choice, and may forget a seek; so the place is looked up for every partition
 * at every assignment, and nothing is handed over that does not begin there.
 */
import { backOff, LogTruncated, pause, type Subscription, TransientFailure } from '@plenum/runtime';
import type { RangeReader } from '../read/range-reader.ts';

/** One partition, from one assignment to the next. */
export type Place = {
  readonly topic: string;
  readonly partition: number;
  /** Where the next batch has to begin; unknown until the checkpoint was read. */
  next: bigint | undefined;
  /** Settles when `next` is known, or when there is no more use for it. */
  ready: Promise<void>;
  lost: boolean;
};

export type Assignment = {
  /** Told at every (re)join; what was assigned before is lost. Synchronous, so that no batch can come in between. */
  given(partitions: Readonly<Record<string, readonly number[]>>): void;
  place(topic: string, partition: number): Place | undefined;
  /** Reads the checkpoint again and goes on from there. */
  reposition(place: Place): Promise<void>;
  /** Looks whether the log still holds what comes next; fails the subscription if it does not. */
  check(place: Place): Promise<void>;
  /** Runs work on a partition; a later assignment of it waits for its end. */
  inHand<T>(place: Place, work: () => Promise<T>): Promise<T>;
  /** Settles when no work is in hand any more. */
  idle(): Promise<void>;
  end(): void;
};

export type AssignmentParts = {
  readonly subscription: Subscription;
  readonly reader: RangeReader;
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
  /** The subscription cannot go on. */
  readonly fail: (error: unknown) => void;
  /** Aborts when the subscription is over. */
  readonly over: AbortSignal;
};

export const openAssignment = (parts: AssignmentParts): Assignment => {
  const { subscription, seek, fail, over } = parts;
  const places = new Map<string, Place>();
  const hands = new Map<string, Promise<unknown>>();

  const forget = (): void => {
    for (const place of places.values()) place.lost = true;
    places.clear();
  };

  const settle = async (place: Place): Promise<void> => {
    const { topic, partition } = place;
    await hands.get(nameOf(place));
    const wait = backOff(50, 1_000);
    while (!place.lost && !over.aborted) {
      try {
        const at = await subscription.position(topic, partition);
        await checkRange(parts.reader, place, at);
        if (place.lost || over.aborted) return;
        place.next = at;
        seek(topic, partition, at);
        return;
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        await pause(wait.next(), over);
      }
    }
  };

  return {
    given(partitions) {
      forget();
      for (const [topic, numbers] of Object.entries(partitions)) {
        for (const partition of numbers) {
          const place: Place = { topic, partition, next: undefined, ready: Promise.resolve(), lost: false };
          places.set(nameOf(place), place);
          place.ready = settle(place).catch(fail);
        }
      }
    },
    place: (topic, partition) => places.get(nameOf({ topic, partition })),
    async reposition(place) {
      place.next = undefined;
      place.ready = settle(place).catch(fail);
      await place.ready;
    },
    async check(place) {
      const at = place.next;
      if (at === undefined) return;
      await checkRange(parts.reader, place, at).catch((error: unknown) => {
        if (error instanceof TransientFailure) seek(place.topic, place.partition, at);
        else fail(error);
      });
    },
    async inHand(place, work) {
      const working = work();
      const quiet = working.catch(() => undefined);
      hands.set(nameOf(place), quiet);
      try {
        return await working;
      } finally {
        if (hands.get(nameOf(place)) === quiet) hands.delete(nameOf(place));
      }
    },
    async idle() {
      await Promise.all(hands.values());
    },
    end: forget,
  };
};

const nameOf = ({ topic, partition }: Pick<Place, 'topic' | 'partition'>): string => `${topic}/${partition}`;

/** kafkajs would go on from either end of the log as if nothing had happened. */
const checkRange = async (reader: RangeReader, { topic, partition }: Place, at: bigint): Promise<void> => {
  const { first, next } = await reader.endsOf(topic, partition);
  if (at < first) throw new LogTruncated(topic, partition, at, first);
  if (at > next) throw new Error(`${topic}/${partition} ends at ${next}, before the position ${at}`);
};
