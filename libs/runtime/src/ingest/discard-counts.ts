/** Counts what is kept only as a count, and records the counts of one client and reason now and then. */

import type { Timer } from '../timer.ts';
import type { DiscardedMessages } from './message.ts';

export type DiscardCounts<Covered> = {
  /** Counts one message. `covered` comes back with the record that stands for it. */
  add(covered: Covered, message: DiscardedMessages): void;
  /** Records everything that is still only counted. */
  flush(): void;
};

type Count<Covered> = { pending: DiscardedMessages | undefined; covered: Covered[]; cancel: () => void };

/**
 * The first message of a client and reason is recorded with the others of its turn; those that follow within
 * `intervalMs` wait for its end. So does their sender, which is what slows it down.
 */
export const discardCounts = <Covered>(
  timer: Timer,
  intervalMs: number,
  record: (counts: DiscardedMessages, covered: readonly Covered[]) => void,
): DiscardCounts<Covered> => {
  const counts = new Map<string, Count<Covered>>();

  const emit = (key: string, count: Count<Covered>): void => {
    const { pending, covered } = count;
    if (pending === undefined) {
      counts.delete(key); // A quiet interval: the next message begins a new one.
      return;
    }
    count.pending = undefined;
    count.covered = [];
    count.cancel = timer.after(intervalMs, () => emit(key, count));
    record(pending, covered);
  };

  return {
    add: (covered, { clientId, code, topic, messages, bytes }) => {
      const key = `${code}\n${clientId}`;
      let count = counts.get(key);
      if (count === undefined) {
        const begun: Count<Covered> = { pending: undefined, covered: [], cancel: () => undefined };
        counts.set(key, begun);
        begun.cancel = timer.after(0, () => emit(key, begun));
        count = begun;
      }
      const before = count.pending ?? { messages: 0, bytes: 0 };
      count.pending = { clientId, code, topic, messages: before.messages + messages, bytes: before.bytes + bytes };
      count.covered.push(covered);
    },
    flush: () => {
      for (const [key, count] of counts) {
        count.cancel();
        emit(key, count);
        count.cancel();
        counts.delete(key);
      }
    },
  };
};
