/**
 * The loop that the MQTT listener or connector feeds: messages in, events in the log, answers out. Nothing is answered `safe` before the
 * log has it. Callbacks and not a promise per message, because tens of thousands a second pass through here.
 */
import { type MessageRefusal, userPropertiesHeader } from '@plenum/event';
import type { EventCodec } from '../event-codec.ts';
import type { Log, NewRecord } from '../log.ts';
import { aborted } from '../pause.ts';
import type { Logger } from '../ports.ts';
import { systemTimer, type Timer } from '../timer.ts';
import { type AppendLoop, type AppendProgress, appendLoop } from './append-loop.ts';
import { type DropReason, type IngestBalance, type IngestCounters, ingestCounters } from './balance.ts';
import { quarantineBudget } from './budget.ts';
import { type Capacity, ingestCapacity } from './capacity.ts';
import { type ConnectionQueue, type ConnectionQueues, connectionQueues, type Entry } from './connection-queues.ts';
import { type DiscardCounts, discardCounts } from './discard-counts.ts';
import { defaultIngestLimits, type IngestLimits } from './limits.ts';
import type { DiscardedMessages, Inbound, Outcome, Settled, Translator } from './message.ts';
import { type Plan, plan } from './plan.ts';
import { type ReadTogether, readTogether } from './read-together.ts';

export type IngestParts = {
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly translator: Translator;
  readonly logger: Logger;
  readonly timer?: Timer;
  readonly limits?: Partial<IngestLimits>;
};

export type Ingest = {
  /** Messages have arrived at a socket. Each of them is offered or dropped later; that is what the balance rests on. */
  received(messages: number): void;
  /**
   * Takes a message. `false` asks the caller to stop reading until `onCapacity`; the message was taken all the
   * same, unless nobody waits for it: then it may have been dropped, and is counted.
   */
  offer(message: Inbound, settled: Settled): boolean;
  /** Whether sockets may be read. */
  hasCapacity(): boolean;
  /** Whether bytes that have just come may be read later, together with others: `read` is called then. */
  readonly postpone: ReadTogether['postpone'];
  /** Nothing is postponed any more, and what was is read now. */
  readOn(): void;
  /** Calls back each time there is capacity again after there was none. */
  onCapacity(listener: () => void): void;
  /** Messages that were received and will not be offered. */
  drop(reason: DropReason, messages: number): void;
  /** A connection has ended: what was not sent to the log yet, and somebody waited for, is dropped. */
  forget(connection: number): void;
  /** `away`: the log does not take events at the moment. No one new is let in until it does. */
  state(): 'flowing' | 'away';
  balance(): IngestBalance;
  load(): IngestLoad;
  /**
   * Settles when everything in hand is in the log, or when `giveUp` aborts: then the rest is answered `unsafe`.
   * Nothing is offered any more when it is called.
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
  const { log, codec, translator, logger, timer = systemTimer } = parts;
  const limits = { ...defaultIngestLimits, ...parts.limits };
  const counters = ingestCounters();
  const queues = connectionQueues();
  const capacity = ingestCapacity(limits);
  const budget = quarantineBudget(limits.budget, timer.nowMs);

  const keep = (entry: Entry): void => {
    entry.state = 'durable';
    if (entry.becomes === 'own') counters.dropped('own', 1);
    else if (entry.covers.length === 0) counters.kept(entry.becomes);
    queues.advance(entry);
    capacity.free(entry.sizeBytes);
  };
  const appended = (batch: readonly Entry[]): void => {
    for (const entry of batch) {
      for (const covered of entry.covers) keep(covered);
      keep(entry);
    }
  };
  const loop = appendLoop({ log, timer, logger, limits, appended, due: () => together.readNow() });

  const enqueue = (entry: Entry): void => {
    capacity.take(entry.sizeBytes);
    if (entry.state === 'queued') loop.push(entry);
  };
  const counted = discardCounts<Entry>(timer, limits.discardIntervalMs, (counts, covers) =>
    enqueue(newEntry({ becomes: 'discarded', covers, ...recordOfCounts(parts, counts) })),
  );
  const together = readTogether({ timer, nextMs: loop.nextMs });
  const deadlines = sweeper(timer, () => {
    for (const queue of queues.overdue(timer.nowMs())) abandon(running, queue, { outcome: 'unsafe', reason: 'unsafe' });
    return queues.count() > 0;
  });
  const planned = plan({ codec, translator, budget, logger });
  const running: Running = { timer, counters, queues, capacity, loop, keep, enqueue, counted, deadlines, planned };

  return {
    received: counters.received,
    offer: (message, settled) => offer(running, message, settled),
    hasCapacity: () => !capacity.isFull(),
    postpone: together.postpone,
    readOn: together.stop,
    onCapacity: capacity.onCapacity,
    drop: counters.dropped,
    forget: (connection) => {
      const queue = queues.of(connection);
      if (queue !== undefined) abandon(running, queue, { outcome: 'forgotten', reason: 'connection-closed' });
    },
    state: loop.state,
    balance: counters.read,
    load: () => ({ ...loop.progress(), inHandBytes: capacity.takenBytes(), connectionsWaiting: queues.count() }),
    drain: (giveUp) => drain(running, giveUp),
    finished: loop.finished,
  };
};

type Running = {
  readonly timer: Timer;
  readonly counters: IngestCounters;
  readonly queues: ConnectionQueues;
  readonly capacity: Capacity;
  readonly loop: AppendLoop;
  readonly keep: (entry: Entry) => void;
  readonly enqueue: (entry: Entry) => void;
  readonly counted: DiscardCounts<Entry>;
  readonly deadlines: Sweeper;
  readonly planned: (message: Inbound) => Plan;
};

const offer = (running: Running, message: Inbound, settled: Settled): boolean => {
  const { timer, counters, queues, capacity, keep, enqueue, counted, deadlines, planned } = running;
  const { connection, holdMs } = message;
  if (holdMs === undefined && capacity.isHalfFull()) {
    counters.dropped('qos0-overload', 1);
    return !capacity.isFull();
  }
  const decided = planned(message);
  const entry = newEntry(decided);
  if (holdMs !== undefined) {
    entry.settled = settled;
    entry.deadlineMs = timer.nowMs() + holdMs;
    queues.join(connection, entry);
    deadlines.arm();
  }
  enqueue(entry);
  // Nothing is written, and it is answered in its turn all the same.
  if (decided.becomes === 'own') timer.soon(() => keep(entry));
  if (decided.becomes === 'discarded') counted.add(entry, decided.counts);
  return !capacity.isFull();
};

type Abandonment = { readonly outcome: Outcome; readonly reason: DropReason };

const abandon = (
  { counters, queues, capacity, loop }: Running,
  queue: ConnectionQueue,
  { outcome, reason }: Abandonment,
): void => {
  let gone = 0;
  queues.abandon(queue, outcome, (entry) => {
    if (entry.state !== 'queued') return; // In flight, counted or durable: it is kept, though nobody hears of it.
    entry.state = 'gone';
    entry.record = undefined;
    gone += 1;
    counters.dropped(reason, 1);
    capacity.free(entry.sizeBytes);
  });
  loop.gone(gone);
};

const drain = async (running: Running, giveUp: AbortSignal): Promise<void> => {
  const { counters, queues, capacity, loop, counted, deadlines } = running;
  counted.flush();
  // A loop that failed is heard of through `finished`; there is nothing to wait for then.
  await Promise.race([capacity.empty(), aborted(giveUp), loop.finished.catch(() => undefined)]);
  for (const queue of queues.all()) abandon(running, queue, { outcome: 'unsafe', reason: 'unsafe' });
  for (const entry of loop.stop()) {
    counters.dropped('unsafe', Math.max(1, entry.covers.length));
    for (const { sizeBytes } of [entry, ...entry.covers]) capacity.free(sizeBytes);
  }
  deadlines.stop();
};

/** None when all of them are counted already: in a record before this entry, which is durable when its turn comes. */
const recordOfCounts = ({ codec, translator }: IngestParts, counts: DiscardedMessages): Pick<NewEntry, 'record'> =>
  counts.messages === 0 ? {} : { record: codec.encode(translator.discarded(counts)) };

/** What an entry, its record, its headers and its entries in two queues take beside the record's own bytes. */
const overheadBytes = 768;

/** Of its headers only what may be long. */
const sizeOf = ({ value, headers }: NewRecord): number => value.length + (headers[userPropertiesHeader]?.length ?? 0);

type NewEntry = Pick<Entry, 'becomes'> & {
  readonly record?: NewRecord;
  readonly covers?: readonly Entry[];
  readonly refusal?: MessageRefusal;
};

const newEntry = ({ becomes, record, covers = nothing, refusal }: NewEntry): Entry => ({
  state: record === undefined && covers.length === 0 ? 'counted' : 'queued',
  record,
  sizeBytes: overheadBytes + (record === undefined ? 0 : sizeOf(record)),
  becomes,
  refusal,
  covers,
  queue: undefined,
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
