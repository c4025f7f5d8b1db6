/**
 * How a command becomes facts: read the streams it is about, decide, and record what was decided, as long as nobody
 * else was faster. The rules are pure (`Decider`); everything that is not is here.
 */
import { type Decider, type Event, type NewFact, type Refused, refused, type Trace, timeId } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import type { Clock, Random } from '../ports.ts';
import {
  type EventStore,
  type KeyedRequest,
  numbered,
  type StreamAppend,
  type StreamId,
  type StreamVersion,
} from './event-store.ts';
import { stateOf } from './state-of.ts';

export type Decisions = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly random: Random;
};

/** One stream's part in a command. Made by `ask`. */
export type Ask<State = unknown, Command = unknown> = {
  readonly stream: StreamId;
  readonly decider: Decider<State, Command>;
  readonly command: Command;
  /** Decide only on this version, as whoever asked has seen it (`If-Match`); 0: only when there is no such stream. */
  readonly expectedVersion?: number;
  /**
   * What else has to be decided together with this, on other streams, once it is known what this came to. Each stream at
   * most once in a command; when any of them is refused, nothing is recorded.
   */
  readonly also?: (made: Made<State>) => readonly Ask[];
  /** Writes in the transaction of the decision. Not called when this stream gets no facts. */
  readonly alongside?: (sql: Sql, recorded: Recording<State>) => Promise<void>;
};

/** What one ask came to, before it is recorded. */
export type Made<State> = { readonly before: State; readonly facts: readonly NewFact[]; readonly after: State };

export type Recording<State> = {
  readonly before: State;
  readonly after: State;
  /** Of the last of the events. */
  readonly version: number;
  readonly events: readonly Event[];
};

/** The type of its state and its command ties an ask together; outside it is erased. */
export const ask = <State, Command>(declared: Ask<State, Command>): Ask =>
  // Erasure: an ask's functions are only ever given the states that its own decider made.
  declared as unknown as Ask;

export type CommandRequest = {
  /** The same when the same thing is asked again; then the answer is the same, and nothing happens twice. */
  readonly commandId: string;
  readonly ask: Ask;
  /** Which facts are worth tying to the request. */
  readonly trace?: Trace;
  /** What came with a key, and led to this command. */
  readonly request?: KeyedRequest | undefined;
};

export type CommandOutcome =
  | { readonly outcome: 'recorded'; readonly streams: readonly StreamVersion[]; readonly events: readonly Event[] }
  /** This command was recorded before: what it led to then. */
  | { readonly outcome: 'known'; readonly streams: readonly StreamVersion[] }
  /** What was asked for is so already; the streams and versions that say so. */
  | { readonly outcome: 'unchanged'; readonly streams: readonly StreamVersion[] }
  /** The stream is not at the version that was asked for, or never stood still for long enough. */
  | { readonly outcome: 'conflict'; readonly stream: StreamId; readonly version: number }
  | Refused;

/** Others being faster this often in a row means that one stream is asked too much of. */
const triesMax = 10;

/**
 * Decides a command and records it; on a conflict it decides again on what is there now, unless the version that
 * conflicts is one the caller asked for.
 * @throws TransientFailure: whether it was recorded is unknown, and asking again with the same command id is safe.
 */
export const decideCommand = async (decisions: Decisions, request: CommandRequest): Promise<CommandOutcome> => {
  const { store } = decisions;
  const { commandId, request: keyed } = request;
  const answer = await store.answered(commandId);
  if (answer !== undefined) return { outcome: 'known', streams: answer.streams };

  for (let tries = 1; ; tries += 1) {
    const decided = await decideAll(decisions, request);
    if (decided.outcome !== 'decided') return decided;
    const { parts } = decided;
    if (parts.every(({ events }) => events.length === 0)) return { outcome: 'unchanged', streams: parts.map(asItWas) };

    const alongside = (sql: Sql): Promise<void> => runAlongside(sql, parts);
    const appended = await store.append({ commandId, streams: parts, request: keyed, alongside });
    if (appended.outcome === 'appended') {
      return { outcome: 'recorded', streams: appended.answer.streams, events: parts.flatMap(({ events }) => events) };
    }
    if (appended.outcome === 'known') return { outcome: 'known', streams: appended.answer.streams };
    if (appended.outcome === 'key-used') return refused('key-used', 'This key was used for another request.');
    const asked = parts.find(({ stream }) => stream === appended.stream)?.ask.expectedVersion;
    if (asked !== undefined || tries === triesMax) return appended;
  }
};

/** A stream's events with what they were decided on. */
type Part = StreamAppend & { readonly ask: Ask; readonly before: unknown; readonly after: unknown };

type AllDecided =
  | { readonly outcome: 'decided'; readonly parts: readonly Part[] }
  | Extract<CommandOutcome, { readonly outcome: 'conflict' | 'refused' }>;

const decideAll = async (decisions: Decisions, request: CommandRequest): Promise<AllDecided> => {
  const parts: Part[] = [];
  const asks = [request.ask];
  for (let next = asks.shift(); next !== undefined; next = asks.shift()) {
    const { stream, decider, command, expectedVersion } = next;
    if (parts.some((part) => part.stream === stream)) throw new Error(`a command asks twice about ${stream}`);
    const { state, version } = await stateOf(decisions.store, decider, stream);
    if (expectedVersion !== undefined && expectedVersion !== version) return { outcome: 'conflict', stream, version };
    const decided = decider.decide(state, command);
    if (decided.outcome === 'refused') return decided;
    const { facts } = decided;
    const after = facts.reduce(decider.evolve, state);
    const made = facts.map((fact) => record(decisions, request, stream, fact));
    const events = numbered(request.commandId, { stream, expectedVersion: version, events: made });
    parts.push({ stream, expectedVersion: version, events, ask: next, before: state, after });
    asks.push(...(next.also?.({ before: state, facts, after }) ?? []));
  }
  return { outcome: 'decided', parts };
};

const record = (
  { clock, random }: Decisions,
  { trace }: CommandRequest,
  stream: StreamId,
  { type, data }: NewFact,
): Event => {
  const nowUs = clock.nowUs();
  const id = timeId(Math.floor(nowUs / 1000), random.bytes16());
  const event = { id, type, source: stream, effectiveTimeUs: nowUs, recordedTimeUs: nowUs, data };
  return trace === undefined ? event : { ...event, trace };
};

const asItWas = ({ stream, expectedVersion }: Part): StreamVersion => ({ stream, version: expectedVersion });

/** One after another: they share a transaction. */
const runAlongside = async (sql: Sql, parts: readonly Part[]): Promise<void> => {
  for (const {
    ask: { alongside },
    before,
    after,
    expectedVersion,
    events,
  } of parts) {
    if (events.length === 0) continue;
    await alongside?.(sql, { before, after, version: expectedVersion + events.length, events });
  }
};
