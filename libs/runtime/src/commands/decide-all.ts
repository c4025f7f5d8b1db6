/** What a command comes to on every stream that it takes: all of them are decided before anything is recorded. */
import {
  type Command,
  type CommandMetadata,
  type DecidedEvent,
  type NewEvent,
  type Refused,
  refused,
  timeId,
} from '@plenum/event';
import type { Conflict, Decisions } from './decisions.ts';
import type { ReservationChange, StreamAppend } from './event-store.ts';
import { type Held, reservationChanges, reservedNames } from './reservations.ts';
import { stateOf } from './state-of.ts';

/** A stream's events with what they were decided on. */
export type Part = StreamAppend & {
  readonly command: Command;
  /** What the stream had to be at, where that was said. */
  readonly askedVersion: number | undefined;
  readonly held: Held;
};

export type AllDecided =
  | {
      readonly outcome: 'decided';
      readonly parts: readonly Part[];
      readonly reservations: readonly ReservationChange[];
    }
  | Conflict
  | Refused;

export type Asked = {
  readonly commandId: string;
  readonly command: Command;
  readonly metadata: CommandMetadata;
};

/** @throws TransientFailure; an error when a command asks twice about one stream. */
export const decideAll = async (decisions: Decisions, asked: Asked): Promise<AllDecided> => {
  const parts: Part[] = [];
  const commands = [asked.command];
  for (let next = commands.shift(); next !== undefined; next = commands.shift()) {
    const { stream, decider, data } = next;
    if (parts.some((part) => part.stream === stream)) throw new Error(`a command asks twice about ${stream}`);
    const { state, version } = await stateOf(decisions.store, decider, stream, decisions.personal);
    const askedVersion = versionAsked(next, asked);
    if (askedVersion !== undefined && askedVersion !== version) return { outcome: 'conflict', stream, version };
    const decided = decider.decide(state, data);
    if (decided.outcome === 'refused') return decided;
    const after = decided.events.reduce(decider.evolve, state);
    const events = decided.events.map((event, index) =>
      numbered(decisions, asked, { stream, event, version: version + index + 1 }),
    );
    const held = { stream, before: reservedNames(decider, state), after: reservedNames(decider, after) };
    parts.push({ stream, expectedVersion: version, events, command: next, askedVersion, held });
    commands.push(...(next.also?.({ before: state, events: decided.events, after }) ?? []));
  }
  const changed = reservationChanges(parts.map(({ held }) => held));
  if (changed.outcome === 'changes') return { outcome: 'decided', parts, reservations: changed.changes };
  return reservedBy(parts.find(({ stream }) => stream === changed.stream)?.command);
};

/** The refusal of a command whose stream would need a name that another stream holds. */
export const reservedBy = (command: Command | undefined): Refused =>
  refused('exists', command?.decider.reservedReason ?? 'Something else has this name.');

/** The metadata speak of the stream that was asked about, and of no other. */
const versionAsked = (one: Command, { command, metadata }: Asked): number | undefined =>
  one.expectedVersion ?? (one === command ? metadata.expectedVersion : undefined);

type Placed = { readonly stream: string; readonly event: NewEvent; readonly version: number };

/** An event with its ids, times and place, which it keeps for ever. */
const numbered = (
  { clock, random }: Decisions,
  { commandId, metadata: { trace } }: Asked,
  { stream, event: { type, data }, version }: Placed,
): DecidedEvent => {
  const nowUs = clock.nowUs();
  const id = timeId(Math.floor(nowUs / 1000), random.bytes16());
  const decision = { stream, version, commandId };
  const event = { id, type, source: stream, effectiveTimeUs: nowUs, recordedTimeUs: nowUs, data, decision };
  return trace === undefined ? event : { ...event, trace };
};
