/** What a command comes to on every stream that it takes: all of them are decided before anything is recorded. */
import {
  actsBeyond,
  type Command,
  type CommandMetadata,
  type Conflict,
  type DecidedEvent,
  defaultOrganisation,
  mayMeet,
  type NewEvent,
  type Refused,
  refused,
  type StreamId,
  timeId,
} from '@plenum/event';
import type { Decisions } from './decisions.ts';
import type { EventStore, LoadedStream, ReservationChange, StreamAppend } from './event-store.ts';
import { type Held, reservationChanges, reservedNames } from './reservations.ts';
import { stateFrom } from './state-of.ts';

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
  /** Whether a stream that is hardly there is taken for empty without asking. Where it is not, its append conflicts: then it is asked. */
  readonly takesNewForEmpty?: boolean;
  readonly commandId: string;
  readonly command: Command;
  readonly metadata: CommandMetadata;
};

/** @throws TransientFailure; an error when a command asks twice about one stream. */
export const decideAll = async (decisions: Decisions, asked: Asked): Promise<AllDecided> => {
  const { actor, organisation: named = actor.organisation } = asked.metadata;
  if (named !== actor.organisation && !actsBeyond(actor)) return notBeyond;
  const parts: Part[] = [];
  const commands = [asked.command];
  /** Of the stream that was asked about; what is new along with it belongs there too. */
  let asking: string | undefined;
  let begun: Begun = new Map();
  for (let next = commands.shift(); next !== undefined; next = commands.shift()) {
    const { stream, decider, data } = next;
    if (parts.some((part) => part.stream === stream)) throw new Error(`a command asks twice about ${stream}`);
    // All that are known by now are asked for together.
    if (!begun.has(stream)) begun = await begin(decisions.store, [next, ...commands], asked.takesNewForEmpty === true);
    const { state, version, organisation: kept } = await stateIn(decisions, begun, next);
    if (kept !== undefined && decider.ofInstallation !== true && !mayMeet(actor, kept)) {
      return asIfNone(next, versionAsked(next, asked));
    }
    const itself = kept ?? (decider.ofInstallation === true ? defaultOrganisation : undefined);
    asking ??= itself ?? named;
    const organisation = itself ?? asking;
    const askedVersion = versionAsked(next, asked);
    if (askedVersion !== undefined && askedVersion !== version) return { outcome: 'conflict', stream, version };
    const decided = decider.decide(state, data);
    if (decided.outcome === 'refused') return decided;
    const after = decided.events.reduce(decider.evolve, state);
    const events = decided.events.map((event, index) =>
      numbered(decisions, asked, { stream, event, version: version + index + 1, organisation }),
    );
    const held = { stream, before: reservedNames(decider, state), after: reservedNames(decider, after) };
    parts.push({ stream, expectedVersion: version, events, command: next, askedVersion, held });
    commands.push(...(next.also?.({ before: state, events: decided.events, after }) ?? []));
  }
  const changed = reservationChanges(parts.map(({ held }) => held));
  if (changed.outcome === 'changes') return { outcome: 'decided', parts, reservations: changed.changes };
  return reservedBy(parts.find(({ stream }) => stream === changed.stream)?.command);
};

const empty: LoadedStream = { version: 0, organisation: undefined, events: [] };

/** What streams begin with. */
type Begun = ReadonlyMap<StreamId, LoadedStream>;

const begin = async (store: EventStore, commands: readonly Command[], takesNewForEmpty: boolean): Promise<Begun> => {
  const isEmpty = ({ newId, likelyNew }: Command): boolean => takesNewForEmpty && (newId ?? likelyNew) === true;
  const begun = new Map(commands.filter(isEmpty).map(({ stream }) => [stream, empty]));
  const streams = [...new Set(commands.map(({ stream }) => stream))].filter((stream) => !begun.has(stream));
  const [first] = streams;
  if (first === undefined) return begun;
  const loaded = streams.length === 1 ? [await store.load(first)] : await store.loadAll(streams);
  for (const [index, stream] of streams.entries()) begun.set(stream, loaded[index] as LoadedStream); // One for each.
  return begun;
};

const stateIn = ({ store, personal }: Decisions, begun: Begun, { stream, decider }: Command) => {
  const loaded = begun.get(stream);
  if (loaded === undefined) throw new Error(`${stream} was not loaded`);
  return stateFrom(store, decider, { stream, loaded, personal });
};

/** In the same words as if there were none: that there is something is not for them to know. Nothing new comes of it. */
const asIfNone = ({ stream, decider, data }: Command, askedVersion: number | undefined): Conflict | Refused => {
  if (askedVersion !== undefined && askedVersion !== 0) return { outcome: 'conflict', stream, version: 0 };
  const decided = decider.decide(decider.initial, data);
  return decided.outcome === 'refused' ? decided : refused('not-found', 'There is nothing of this id.');
};

const notBeyond = refused('forbidden', 'Only who looks after the installation decides for another organisation.');

/** The refusal of a command whose stream would need a name that another stream holds. */
export const reservedBy = (command: Command | undefined): Refused =>
  refused('exists', command?.decider.reservedReason ?? 'Something else has this name.');

/** The metadata speak of the stream that was asked about, and of no other. */
const versionAsked = (one: Command, { command, metadata }: Asked): number | undefined =>
  one.expectedVersion ?? (one === command ? metadata.expectedVersion : undefined);

type Placed = {
  readonly stream: string;
  readonly event: NewEvent;
  readonly version: number;
  readonly organisation: string;
};

/** An event with its ids, times and place, which it keeps for ever. */
const numbered = (
  { clock, random }: Decisions,
  { commandId, metadata: { trace } }: Asked,
  { stream, event: { type, data }, version, organisation }: Placed,
): DecidedEvent => {
  const nowUs = clock.nowUs();
  const id = timeId(Math.floor(nowUs / 1000), random.bytes16());
  const decision = { stream, version, organisation, commandId };
  const event = { id, type, source: stream, effectiveTimeUs: nowUs, recordedTimeUs: nowUs, data, decision };
  return trace === undefined ? event : { ...event, trace };
};
