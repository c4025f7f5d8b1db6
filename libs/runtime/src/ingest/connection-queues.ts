/**
 * The messages of each connection, waiting for their answer. They stand in a queue and are answered from its front only, because
 * MQTT wants acknowledgements in the order of the messages, and a counted one may become safe after its successors.
 */
import type { MessageRefusal } from '@plenum/event';
import type { NewRecord } from '../log.ts';
import type { Kept } from './balance.ts';
import type { Outcome, Settled } from './message.ts';

/**
 * `queued`: to be sent to the log. `sending`: in the append in flight. `counted`: another entry's record stands for it.
 * `durable`: in the log. `gone`: given up before it was sent.
 */
type EntryState = 'queued' | 'sending' | 'counted' | 'durable' | 'gone';

export type Entry = {
  state: EntryState;
  /** What to append; `undefined` for one that is only counted, waits for those before it, or is gone. */
  record: NewRecord | undefined;
  readonly sizeBytes: number;
  readonly becomes: Kept | 'own';
  /** Why it is not appended as what it reports. */
  readonly refusal: MessageRefusal | undefined;
  /** Messages that this one's record stands for; when there are any, it is not a message itself. */
  readonly covers: readonly Entry[];
  /** Whose answer it is waiting for; cleared when answered. */
  queue: ConnectionQueue | undefined;
  settled: Settled | undefined;
  deadlineMs: number;
};

export type ConnectionQueue = { readonly connection: number; entries: Entry[]; head: number };

export type ConnectionQueues = {
  /** Puts a message at the end of its connection's queue. */
  join(connection: number, entry: Entry): void;
  /** Answers, from the front of the entry's queue, everything that is durable. */
  advance(entry: Entry): void;
  /** Answers a whole queue with `outcome` and hands over each entry that was in it. */
  abandon(queue: ConnectionQueue, outcome: Outcome, each: (entry: Entry) => void): void;
  of(connection: number): ConnectionQueue | undefined;
  /** ConnectionQueues whose first message has waited too long. */
  overdue(nowMs: number): readonly ConnectionQueue[];
  all(): readonly ConnectionQueue[];
  count(): number;
};

export const connectionQueues = (): ConnectionQueues => {
  const waiting = new Map<number, ConnectionQueue>();
  return {
    join: (connection, entry) => {
      let queue = waiting.get(connection);
      if (queue === undefined) {
        queue = { connection, entries: [], head: 0 };
        waiting.set(connection, queue);
      }
      entry.queue = queue;
      queue.entries.push(entry);
    },
    advance: ({ queue }) => {
      if (queue === undefined) return;
      for (let entry = queue.entries[queue.head]; entry?.state === 'durable'; entry = queue.entries[queue.head]) {
        queue.head += 1;
        answer(entry, 'safe');
      }
      // An answer may have led to `abandon`, and then to another queue under the same number.
      if (queue.head >= queue.entries.length && waiting.get(queue.connection) === queue)
        waiting.delete(queue.connection);
      else if (queue.head > compactAt) compact(queue);
    },
    abandon: (queue, outcome, each) => {
      if (waiting.get(queue.connection) === queue) waiting.delete(queue.connection);
      const left = queue.entries.slice(queue.head);
      queue.entries = [];
      queue.head = 0;
      for (const entry of left) {
        each(entry);
        answer(entry, outcome);
      }
    },
    of: (connection) => waiting.get(connection),
    overdue: (nowMs) =>
      [...waiting.values()].filter(
        (queue) => (queue.entries[queue.head]?.deadlineMs ?? Number.POSITIVE_INFINITY) <= nowMs,
      ),
    all: () => [...waiting.values()],
    count: () => waiting.size,
  };
};

const compactAt = 4096;

const compact = (queue: ConnectionQueue): void => {
  queue.entries = queue.entries.slice(queue.head);
  queue.head = 0;
};

/** Once, and then nobody is waiting for it any more. */
const answer = (entry: Entry, outcome: Outcome): void => {
  const { settled } = entry;
  entry.settled = undefined;
  entry.queue = undefined;
  settled?.(outcome, entry.refusal);
};
