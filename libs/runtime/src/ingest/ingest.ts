/**
 * The loop that every door feeds: messages in, events in the log, answers out. Nothing is answered `safe` before the
 * log has it. Callbacks and not a promise per message, because tens of thousands a second pass through here.
 */
import type { EventCodec } from '../event-codec.ts';
import type { Log, NewRecord } from '../log.ts';
import { aborted } from '../pause.ts';
import type { Logger } from '../ports.ts';
import { type AppendLoop, type AppendProgress, appendLoop } from './append-loop.ts';
import { quarantineBudget } from './budget.ts';
import { type Discards, discards } from './discards.ts';
import { defaultIngestLimits, type IngestLimits } from './limits.ts';
import { type Entry, type Line, type Lines, lines } from './lines.ts';
import type { DiscardedMessages, Inbound, Meaning, Outcome, Settled } from './message.ts';
import { type Plan, plan } from './plan.ts';
import { type Room, room } from './room.ts';
import { type DropReason, type IngestSums, type Tally, tally } from './sums.ts';
import { systemTimer, type Timer } from './timer.ts';

export type IngestParts = {
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly meaning: Meaning;
  readonly logger: Logger;
  readonly timer?: Timer;
  readonly limits?: Partial<IngestLimits>;
};

export type Ingest = {
  /** Messages have arrived at a socket. Each of them is offered or dropped later; that is what the sums rest on. */
  received(messages: number): void;
  /**
   * Takes a message. `false` asks the door to stop reading its sockets until `onRoom`; the message was taken all the
   * same, unless nobody waits for it: then it may have been dropped, and is counted.
   */
  offer(message: Inbound, settled: Settled): boolean;
  /** Whether doors may read. */
  hasRoom(): boolean;
  /** Calls back each time there is room again after there was none. */
  onRoom(listener: () => void): void;
  /** Messages that a door received and will not offer. */
  drop(reason: DropReason, messages: number): void;
  /** A connection has ended: what was not sent to the log yet, and somebody waited for, is dropped. */
  forget(connection: number): void;
  /** `away`: the log does not take events at the moment. Doors let no one new in until it does. */
  state(): 'flowing' | 'away';
  sums(): IngestSums;
  load(): IngestLoad;
  /**
   * Settles when everything in hand is in the log, or when `giveUp` aborts: then the rest is answered `unsafe`.
   * Doors have stopped offering before.
   */
  drain(giveUp: AbortSignal): Promise<void>;
  /** Rejects when the loop cannot go on; settles after `drain`. */
  readonly finished: Promise<void>;
};

export type IngestLoad = AppendProgress & {
  /** Encoded records in memory, with what it takes to keep track of them. */
  readonly inHandBytes: number;
  /** Connections with an unanswered message. */
  readonly connectionsWaiting: number;
};

export const ingest = (parts: IngestParts): Ingest => {
  const { log, codec, meaning, logger, timer = systemTimer } = parts;
  const limits = { ...defaultIngestLimits, ...parts.limits };
  const sums = tally();
  const waiting = lines();
  const space = room(limits);
  const budget = quarantineBudget(limits.budget, timer.nowMs);

  const keep = (entry: Entry): void => {
    entry.state = 'durable';
    if (entry.covers.length === 0) sums.kept(entry.becomes);
    waiting.advance(entry);
    space.free(entry.sizeBytes);
  };
  const appended = (batch: readonly Entry[]): void => {
    for (const entry of batch) {
      for (const covered of entry.covers) keep(covered);
      keep(entry);
    }
  };
  const loop = appendLoop({ log, timer, logger, limits, appended });

  const enqueue = (entry: Entry): void => {
    space.take(entry.sizeBytes);
    if (entry.state === 'queued') loop.push(entry);
  };
  const counted = discards<Entry>(timer, limits.discardIntervalMs, (counts, covers) =>
    enqueue(newEntry({ becomes: 'discarded', covers, ...recordOfCounts(parts, counts) })),
  );
  const deadlines = sweeper(timer, () => {
    for (const line of waiting.overdue(timer.nowMs())) abandon(running, line, { outcome: 'unsafe', reason: 'unsafe' });
    return waiting.count() > 0;
  });
  const planned = plan({ codec, meaning, budget, logger });
  const running: Running = { timer, sums, waiting, space, loop, enqueue, counted, deadlines, planned };

  return {
    received: sums.received,
    offer: (message, settled) => offer(running, message, settled),
    hasRoom: () => !space.isFull(),
    onRoom: space.onRoom,
    drop: sums.dropped,
    forget: (connection) => {
      const line = waiting.of(connection);
      if (line !== undefined) abandon(running, line, { outcome: 'forgotten', reason: 'connection-closed' });
    },
    state: loop.state,
    sums: sums.read,
    load: () => ({ ...loop.progress(), inHandBytes: space.takenBytes(), connectionsWaiting: waiting.count() }),
    drain: (giveUp) => drain(running, giveUp),
    finished: loop.finished,
  };
};

type Running = {
  readonly timer: Timer;
  readonly sums: Tally;
  readonly waiting: Lines;
  readonly space: Room;
  readonly loop: AppendLoop;
  readonly enqueue: (entry: Entry) => void;
  readonly counted: Discards<Entry>;
  readonly deadlines: Sweeper;
  readonly planned: (message: Inbound) => Plan;
};

const offer = (running: Running, message: Inbound, settled: Settled): boolean => {
  const { timer, sums, waiting, space, enqueue, counted, deadlines, planned } = running;
  const { connection, holdMs } = message;
  if (holdMs === undefined && space.isHalfFull()) {
    sums.dropped('qos0-overload', 1);
    return !space.isFull();
  }
  const decided = planned(message);
  const entry = newEntry(decided.becomes === 'discarded' ? { becomes: 'discarded' } : decided);
  if (holdMs !== undefined) {
    entry.settled = settled;
    entry.deadlineMs = timer.nowMs() + holdMs;
    waiting.join(connection, entry);
    deadlines.arm();
  }
  enqueue(entry);
  if (decided.becomes === 'discarded') counted.add(entry, decided.counts);
  return !space.isFull();
};

type Abandonment = { readonly outcome: Outcome; readonly reason: DropReason };

const abandon = ({ sums, waiting, space, loop }: Running, line: Line, { outcome, reason }: Abandonment): void => {
  let gone = 0;
  waiting.abandon(line, outcome, (entry) => {
    if (entry.state !== 'queued') return; // In flight, counted or durable: it is kept, though nobody hears of it.
    entry.state = 'gone';
    entry.record = undefined;
    gone += 1;
    sums.dropped(reason, 1);
    space.free(entry.sizeBytes);
  });
  loop.gone(gone);
};

const drain = async (running: Running, giveUp: AbortSignal): Promise<void> => {
  const { sums, waiting, space, loop, counted, deadlines } = running;
  counted.flush();
  // A loop that failed is heard of through `finished`; there is nothing to wait for then.
  await Promise.race([space.empty(), aborted(giveUp), loop.finished.catch(() => undefined)]);
  for (const line of waiting.all()) abandon(running, line, { outcome: 'unsafe', reason: 'unsafe' });
  for (const entry of loop.stop()) {
    sums.dropped('unsafe', Math.max(1, entry.covers.length));
    for (const { sizeBytes } of [entry, ...entry.covers]) space.free(sizeBytes);
  }
  deadlines.stop();
};

/** None when all of them are counted already: in a record before this entry, which is durable when its turn comes. */
const recordOfCounts = ({ codec, meaning }: IngestParts, counts: DiscardedMessages): Pick<NewEntry, 'record'> =>
  counts.messages === 0 ? {} : { record: codec.encode(meaning.discarded(counts)) };

/** What an entry, its record, its headers and its place in two queues take beside the record's own bytes. */
const overheadBytes = 768;

type NewEntry = Pick<Entry, 'becomes'> & { readonly record?: NewRecord; readonly covers?: readonly Entry[] };

const newEntry = ({ becomes, record, covers = nothing }: NewEntry): Entry => ({
  state: record === undefined && covers.length === 0 ? 'counted' : 'queued',
  record,
  sizeBytes: overheadBytes + (record?.value.length ?? 0),
  becomes,
  covers,
  line: undefined,
  settled: undefined,
  deadlineMs: Number.POSITIVE_INFINITY,
});

const nothing: readonly Entry[] = [];

type Sweeper = { arm(): void; stop(): void };

/** Looks for what is overdue, as long as anything is waiting. */
const sweeper = (timer: Timer, sweep: () => boolean): Sweeper => {
  let cancel: (() => void) | undefined;
  const run = (): void => {
    cancel = sweep() ? timer.after(sweepMs, run) : undefined;
  };
  return {
    arm: () => {
      cancel ??= timer.after(sweepMs, run);
    },
    stop: () => cancel?.(),
  };
};

const sweepMs = 100;
