/**
 * Where decisions are kept: streams of facts, each counted from 1 without holes, and what every command led to. It is
 * what rules are decided on; the log gets a copy of every fact afterwards, in the order of its stream (`relay.ts`).
 * Every implementation passes `eventStoreContract` from `@plenum/runtime/testing`.
 */
import type { Event } from '@plenum/event';
import type { Sql } from '@plenum/read-model';

/** The name of one entity's decisions: its kind, a hyphen and its id, such as `user-0190…`. */
export type StreamId = string;

export type EventStore = {
  /**
   * The facts of a stream that follow version `after`, in order: all of them, or as many as one page holds. Fewer than
   * `version - after` means that there is more: ask again after the last one. `stateOf` does.
   * @throws TransientFailure; an error when one cannot be read: no rule may be decided on half of what happened.
   */
  load(stream: StreamId, after?: number): Promise<LoadedStream>;
  /** What this command led to. `undefined`: it was never recorded, or it changed nothing. @throws TransientFailure */
  answered(commandId: string): Promise<Answer | undefined>;
  /**
   * Records what one command led to, in one transaction: every stream still has the version that its facts were decided
   * on, the facts follow it, the log will get them, the command is remembered, and `alongside` has run. Or nothing of
   * it has happened.
   * @throws TransientFailure; after one at the commit itself the outcome is unknown, and `answered` tells. What `alongside` throws.
   *   An error when a stream's facts are not all of one topic and key, for then the log could not keep their order.
   */
  append(append: Append): Promise<Appended>;
  /** What was asked under this key and carried out. `undefined`: nothing, or before there were such keys. @throws TransientFailure */
  askedUnder(key: string): Promise<KeyedRequest | undefined>;
  /** Remembers a request that was carried out and recorded nothing. The first under its key stays. @throws TransientFailure */
  rememberRequest(request: KeyedRequest): Promise<void>;
};

/**
 * A request whose sender gave it a key, to ask again with when no answer came. What was carried out under a key keeps it:
 * nothing else is done under it.
 */
export type KeyedRequest = {
  /** Of everybody's keys; at most 100 characters. */
  readonly key: string;
  /** Tells this request from any other: 32 bytes. */
  readonly fingerprint: Uint8Array;
};

export type LoadedStream = {
  /** Of the last fact there is; 0 when there is no such stream. */
  readonly version: number;
  /** With their `decision`, which says their version. */
  readonly events: readonly Event[];
};

export type Append = {
  /** Given by whoever asked, and the same when he asks again. */
  readonly commandId: string;
  /** Each stream at most once; at least one has events. */
  readonly streams: readonly StreamAppend[];
  /** Remembered with the command. One request may lead to several commands. */
  readonly request?: KeyedRequest | undefined;
  /** For tables that have to agree with the streams at every moment. Runs after the versions were checked. */
  readonly alongside?: (sql: Sql) => Promise<void>;
};

export type StreamAppend = {
  readonly stream: StreamId;
  /** What its facts were decided on; 0: that there is no such stream. */
  readonly expectedVersion: number;
  /**
   * In order; `append` numbers them, so a `decision` that they have is replaced. None: it is only checked that the
   * stream is still at this version, because something else was decided on it.
   */
  readonly events: readonly Event[];
};

export type StreamVersion = { readonly stream: StreamId; readonly version: number };

/** The streams that a command added to, by name, each with the version of the last fact it added. */
export type Answer = { readonly commandId: string; readonly streams: readonly StreamVersion[] };

export type Appended =
  | { readonly outcome: 'appended'; readonly answer: Answer }
  /** Somebody else was first: the stream is at this version. Nothing was recorded. */
  | { readonly outcome: 'conflict'; readonly stream: StreamId; readonly version: number }
  /** This command was recorded before. Nothing was recorded now. */
  | { readonly outcome: 'known'; readonly answer: Answer }
  /** Another request had its key. Nothing was recorded. */
  | { readonly outcome: 'key-used' };

/** The facts of one append as they are recorded: with stream, version and command. */
export const numbered = (
  commandId: string,
  { stream, expectedVersion, events }: StreamAppend,
): readonly (Event & Required<Pick<Event, 'decision'>>)[] =>
  events.map((event, index) => ({
    ...event,
    decision: { stream, version: expectedVersion + index + 1, commandId },
  }));
