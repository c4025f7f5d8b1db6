/**
 * Where decisions are kept: streams of events, each counted from 1 without holes, what every command led to, and the names
 * that streams hold alone. It is what rules are decided on; the log gets a copy of every event afterwards, in the order of
 * its stream (`relay.ts`). Every implementation passes `eventStoreContract` from `@plenum/runtime/testing`.
 */
import type { DecidedEvent, Event, KeyedRequest, StreamId } from '@plenum/event';
import type { Sql } from '@plenum/read-model';

export type EventStore = {
  /**
   * The events of a stream that follow version `after`, in order: all of them, or as many as one page holds. Fewer than
   * `version - after` means that there is more: ask again after the last one. `stateOf` does.
   * @throws TransientFailure; an error when one cannot be read: no rule may be decided on half of what happened.
   */
  load(stream: StreamId, after?: number): Promise<LoadedStream>;
  /** The same of several streams, each from its beginning on, in the order asked, and all of them as they were at one instant. */
  loadAll(streams: readonly StreamId[]): Promise<readonly LoadedStream[]>;
  /** What this command led to. `undefined`: it was never recorded, or it changed nothing. @throws TransientFailure */
  answered(commandId: string): Promise<Answer | undefined>;
  /**
   * Records what one command led to, in one transaction: every stream still has the version that its events were decided
   * on, the names have changed hands, the events follow it, the log will get them, the command is remembered, `alongside`
   * has run, and the store's inline projections are written. Or nothing of it has happened.
   * @throws TransientFailure; after one at the commit itself the outcome is unknown, and `answered` has it. What
   *   `alongside` or an inline projection throws. An error when events are not numbered as they are to follow, or a
   *   stream's are not all of one topic and key, for then the log could not keep their order, or not all of one
   *   organisation.
   */
  append(append: Append): Promise<Appended>;
  /** What was asked under this key and carried out. `undefined`: nothing, or before there were such keys. @throws TransientFailure */
  askedUnder(key: string): Promise<KeyedRequest | undefined>;
  /** Remembers a request that was carried out and recorded nothing. The first under its key stays. @throws TransientFailure */
  rememberRequest(request: KeyedRequest): Promise<void>;
};

export type LoadedStream = {
  /** Of the last event there is; 0 when there is no such stream. */
  readonly version: number;
  /** That it belongs to; `undefined` when there is no such stream. */
  readonly organisation: string | undefined;
  /** With their `decision`, which says their version. */
  readonly events: readonly Event[];
};

export type Append = {
  /** The whole id of the command: `wholeCommandId` makes it. */
  readonly commandId: string;
  /** Each stream at most once; at least one has events. */
  readonly streams: readonly StreamAppend[];
  /** Names that change hands with it, each once. */
  readonly reservations?: readonly ReservationChange[];
  /** Remembered with the command. One request may lead to several commands. */
  readonly request?: KeyedRequest | undefined;
  /** Keeps what is neither event nor name in the same transaction, such as a person's key. Runs after the versions were checked. */
  readonly alongside?: ((sql: Sql) => Promise<void>) | undefined;
};

export type StreamAppend = {
  readonly stream: StreamId;
  /** What its events were decided on; 0: that there is no such stream. */
  readonly expectedVersion: number;
  /**
   * In order, numbered from the expected version on. None: it is only checked that the stream is still at this version,
   * because something else was decided on it.
   */
  readonly events: readonly DecidedEvent[];
  /**
   * The same events as rules see them, for inline projections: with what names a person in the plain. Nothing of it is
   * recorded. `events` are for both, unless these are given.
   */
  readonly plain?: readonly DecidedEvent[] | undefined;
};

/** What inline projections are made of. */
export const plainEvents = ({ plain, events }: Pick<StreamAppend, 'events' | 'plain'>): readonly DecidedEvent[] =>
  plain ?? events;

/** A name that one stream gives back, another takes, or both in one. At least one of the two. */
export type ReservationChange = {
  readonly name: string;
  readonly from: StreamId | undefined;
  readonly to: StreamId | undefined;
};

export type Reservation = { readonly name: string; readonly stream: StreamId };

export type StreamVersion = { readonly stream: StreamId; readonly version: number };

/** The streams that a command added to, by name, each with the version of the last event it added. */
export type Answer = { readonly commandId: string; readonly streams: readonly StreamVersion[] };

export type Appended =
  | { readonly outcome: 'appended'; readonly answer: Answer }
  /** Somebody else was first: the stream is at this version. Nothing was recorded. */
  | { readonly outcome: 'conflict'; readonly stream: StreamId; readonly version: number }
  /** Another stream holds this name. Nothing was recorded. */
  | { readonly outcome: 'reserved'; readonly name: string }
  /** This command was recorded before. Nothing was recorded now. */
  | { readonly outcome: 'known'; readonly answer: Answer }
  /** Another request had its key. Nothing was recorded. */
  | { readonly outcome: 'key-used' };

/**
 * For stores. Whose a stream is, by events that are appended to it; `undefined` when there are none.
 * @throws when they do not agree: a stream belongs to one organisation for ever.
 */
export const organisationOf = ({ stream, events }: StreamAppend): string | undefined => {
  const organisation = events[0]?.decision.organisation;
  if (events.every(({ decision }) => decision.organisation === organisation)) return organisation;
  throw new Error(`the events of ${stream} are of more than one organisation`);
};

/** For stores. @throws when an event does not say the command, and the place in its stream, that it is appended under. */
export const checkNumbers = ({ commandId, streams }: Append): void => {
  for (const { stream, expectedVersion, events, plain = events } of streams) {
    if (plain.length !== events.length || plain.some(({ id }, index) => id !== events[index]?.id)) {
      throw new Error(`the plain events of ${stream} are not those to be recorded`);
    }
    for (const [index, { decision }] of events.entries()) {
      const version = expectedVersion + index + 1;
      if (decision.stream === stream && decision.version === version && decision.commandId === commandId) continue;
      throw new Error(`an event to be version ${version} of ${stream} says ${decision.version} of ${decision.stream}`);
    }
  }
};
