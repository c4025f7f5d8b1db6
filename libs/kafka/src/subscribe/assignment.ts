/**
 * The partitions this member has, and where it is in each. kafkajs does not wait for anybody when it has joined a group,
 * begins to fetch at an offset of its own choice, and may forget a seek; so the position is looked up for every partition
 * at every assignment, and nothing is handed over that does not begin there.
 */
import {
  backOff,
  type Logger,
  LogTruncated,
  retryUntilStopped,
  type Subscription,
  TransientFailure,
} from '@plenum/runtime';
import type { RangeReader } from '../read/range-reader.ts';

/** One partition, from one assignment to the next. */
export type AssignedPartition = {
  readonly topic: string;
  readonly partition: number;
  /** Where the next batch has to begin; unknown until the checkpoint was read. */
  next: bigint | undefined;
  /** Settles when `next` is known, or when there is no more use for it. */
  ready: Promise<void>;
  lost: boolean;
};

export type Assignment = {
  /** Called at every (re)join; what was assigned before is lost. Synchronous, so that no batch can come in between. */
  given(partitions: Readonly<Record<string, readonly number[]>>): void;
  partition(topic: string, partition: number): AssignedPartition | undefined;
  /** Reads the checkpoint again and goes on from there. */
  reposition(assigned: AssignedPartition): Promise<void>;
  /** Looks whether the log still holds what comes next; fails the subscription if it does not. */
  check(assigned: AssignedPartition): Promise<void>;
  /** Runs work on a partition; a later assignment of it waits for its end. */
  inHand<T>(assigned: AssignedPartition, work: () => Promise<T>): Promise<T>;
  /** Settles when no work is in hand any more. */
  idle(): Promise<void>;
  end(): void;
};

export type AssignmentParts = {
  readonly subscription: Subscription;
  readonly reader: RangeReader;
  readonly logger: Logger;
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
  /** The subscription cannot go on. */
  readonly fail: (error: unknown) => void;
  /** Aborts when the subscription is over. */
  readonly over: AbortSignal;
};

export const openAssignment = (parts: AssignmentParts): Assignment => {
  const { subscription, seek, fail, over } = parts;
  const byName = new Map<string, AssignedPartition>();
  const underWay = new Map<string, Promise<unknown>>();

  const forget = (): void => {
    for (const assigned of byName.values()) assigned.lost = true;
    byName.clear();
  };

  const settle = async (assigned: AssignedPartition): Promise<void> => {
    const { topic, partition } = assigned;
    await underWay.get(nameOf(assigned));
    const once = async (): Promise<void> => {
      if (assigned.lost) return;
      const at = await subscription.position(topic, partition);
      await checkRange(parts.reader, assigned, at);
      if (assigned.lost || over.aborted) return;
      assigned.next = at;
      seek(topic, partition, at);
    };
    await retryUntilStopped(once, {
      ...{ logger: parts.logger, fields: { topic, partition }, waiting: 'where to go on cannot be asked' },
      ...{ wait: backOff(50, 1_000), stop: over },
    });
  };

  return {
    given(partitions) {
      forget();
      for (const [topic, numbers] of Object.entries(partitions)) {
        for (const partition of numbers) {
          const assigned = newlyAssigned(topic, partition);
          byName.set(nameOf(assigned), assigned);
          assigned.ready = settle(assigned).catch(fail);
        }
      }
    },
    partition: (topic, partition) => byName.get(nameOf({ topic, partition })),
    async reposition(assigned) {
      assigned.next = undefined;
      assigned.ready = settle(assigned).catch(fail);
      await assigned.ready;
    },
    async check(assigned) {
      const at = assigned.next;
      if (at === undefined) return;
      await checkRange(parts.reader, assigned, at).catch((error: unknown) => {
        if (error instanceof TransientFailure) seek(assigned.topic, assigned.partition, at);
        else fail(error);
      });
    },
    async inHand(assigned, work) {
      const working = work();
      const quiet = working.catch(() => undefined);
      underWay.set(nameOf(assigned), quiet);
      try {
        return await working;
      } finally {
        if (underWay.get(nameOf(assigned)) === quiet) underWay.delete(nameOf(assigned));
      }
    },
    async idle() {
      await Promise.all(underWay.values());
    },
    end: forget,
  };
};

const newlyAssigned = (topic: string, partition: number): AssignedPartition => ({
  topic,
  partition,
  next: undefined,
  ready: Promise.resolve(),
  lost: false,
});

const nameOf = ({ topic, partition }: Pick<AssignedPartition, 'topic' | 'partition'>): string =>
  `${topic}/${partition}`;

/** kafkajs would go on from either end of the log as if nothing had happened. */
const checkRange = async (reader: RangeReader, { topic, partition }: AssignedPartition, at: bigint): Promise<void> => {
  const { first, next } = await reader.endsOf(topic, partition);
  if (at < first) throw new LogTruncated(topic, partition, at, first);
  if (at > next) throw new Error(`${topic}/${partition} ends at ${next}, before the position ${at}`);
};
