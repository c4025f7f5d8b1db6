/**
 * Who waits for what. The messages of one connection stand in a line and are answered from its front only, because
 * MQTT wants acknowledgements in the order of the messages, and a counted one may become safe after its successors.
 */
import type { NewRecord } from '../log.ts';
import type { Outcome, Settled } from './message.ts';
import type { Kept } from './sums.ts';

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
  readonly becomes: Kept;
  /** Messages that this one's record stands for; when there are any, it is not a message itself. */
  readonly covers: readonly Entry[];
  /** Whose answer it is waiting for; cleared when answered. */
  line: Line | undefined;
  settled: Settled | undefined;
  deadlineMs: number;
};

export type Line = { readonly connection: number; entries: Entry[]; head: number };

export type Lines = {
  /** Puts a message at the end of its connection's line. */
  join(connection: number, entry: Entry): void;
  /** Answers, from the front of the entry's line, everything that is durable. */
  advance(entry: Entry): void;
  /** Answers a whole line with `outcome` and hands over each entry that was in it. */
  abandon(line: Line, outcome: Outcome, each: (entry: Entry) => void): void;
  of(connection: number): Line | undefined;
  /** Lines whose first message has waited too long. */
  overdue(nowMs: number): readonly Line[];
  all(): readonly Line[];
  count(): number;
};

export const lines = (): Lines => {
  const waiting = new Map<number, Line>();
  return {
    join: (connection, entry) => {
      let line = waiting.get(connection);
      if (line === undefined) {
        line = { connection, entries: [], head: 0 };
        waiting.set(connection, line);
      }
      entry.line = line;
      line.entries.push(entry);
    },
    advance: ({ line }) => {
      if (line === undefined) return;
      for (let entry = line.entries[line.head]; entry?.state === 'durable'; entry = line.entries[line.head]) {
        line.head += 1;
        answer(entry, 'safe');
      }
      // An answer may have led to `abandon`, and then to another line under the same number.
      if (line.head >= line.entries.length && waiting.get(line.connection) === line) waiting.delete(line.connection);
      else if (line.head > compactAt) compact(line);
    },
    abandon: (line, outcome, each) => {
      if (waiting.get(line.connection) === line) waiting.delete(line.connection);
      const left = line.entries.slice(line.head);
      line.entries = [];
      line.head = 0;
      for (const entry of left) {
        each(entry);
        answer(entry, outcome);
      }
    },
    of: (connection) => waiting.get(connection),
    overdue: (nowMs) =>
      [...waiting.values()].filter(
        (line) => (line.entries[line.head]?.deadlineMs ?? Number.POSITIVE_INFINITY) <= nowMs,
      ),
    all: () => [...waiting.values()],
    count: () => waiting.size,
  };
};

const compactAt = 4096;

const compact = (line: Line): void => {
  line.entries = line.entries.slice(line.head);
  line.head = 0;
};

/** Once, and then nobody is waiting for it any more. */
const answer = (entry: Entry, outcome: Outcome): void => {
  const { settled } = entry;
  entry.settled = undefined;
  entry.line = undefined;
  settled?.(outcome);
};
