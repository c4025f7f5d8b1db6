/**
 * A command: what somebody asks of one stream. A domain makes it of its deciders; who asks, under which id and on what
 * version, is its metadata. `handleCommand` of the runtime turns the two into events, or says why not.
 */
import type { Decider, NewEvent } from './decider.ts';
import type { Trace } from './event.ts';
import { defaultOrganisation, installationPermission } from './organisation.ts';

/** Who asks. */
export type Actor = {
  /** An identity's id, or the name of a part of Plenum. */
  readonly id: string;
  /** Of an identity. */
  readonly kind?: 'user' | 'key' | 'oidc';
  readonly permissions: readonly string[];
  /** What belongs to another is not there for them, unless they look after the installation (`actsBeyond`). */
  readonly organisation: string;
};

/** Plenum itself: its commands on the machine, and what it does by its own rules, in every organisation. */
export const plenumItself: Actor = {
  id: 'plenum',
  permissions: ['*', installationPermission],
  organisation: defaultOrganisation,
};

/**
 * Who it was, as it is recorded. What an identity provider calls somebody is up to the provider: it may be the id of a
 * user of ours, or the name of a part of Plenum, and is neither.
 */
export const actorName = ({ id, kind }: Pick<Actor, 'id' | 'kind'>): string => (kind === 'oidc' ? `oidc:${id}` : id);

/** The name of one entity's decisions: its kind, a hyphen and its id, such as `user-0190…`. A kind has no hyphen. */
export type StreamId = string;

export const streamOf = (kind: string, id: string): StreamId => `${kind}-${id}`;

/** What kind of entity a stream is about. */
export const kindOf = (stream: StreamId): string => stream.slice(0, Math.max(0, stream.indexOf('-')));

/** The id of the entity that a stream is about. */
export const entityOf = (stream: StreamId): string => stream.slice(stream.indexOf('-') + 1);

export type Command<State = unknown, Data = unknown> = {
  /** Such as `access.disable-user`. The same id for a command of another name is another command. */
  readonly name: string;
  readonly stream: StreamId;
  readonly decider: Decider<State, Data>;
  readonly data: Data;
  /** The stream's id is made anew whenever this is asked, so it is no part of what the command is known by. */
  readonly newId?: true;
  /** There is hardly such a stream yet, as of all with a new id: at first it is decided as if there were none. */
  readonly likelyNew?: true;
  /**
   * Decide only while the stream is at this version, because what is asked rests on what was read of it; 0: only when
   * there is no such stream. The version that the caller has seen is in the metadata.
   */
  readonly expectedVersion?: number;
  /**
   * What has to be decided together with this, on other streams, once it is known what this came to. Each stream at
   * most once; when any of them is refused, nothing is recorded.
   */
  readonly also?: (made: Made<State>) => readonly Command[];
};

/** What a command came to on its stream, before it is recorded. */
export type Made<State> = { readonly before: State; readonly events: readonly NewEvent[]; readonly after: State };

/** A command whose state and data fit together; outside they are erased. */
export const command = <State, Data>(declared: Command<State, Data>): Command =>
  // Erasure: a command's functions are only ever given the states that its own decider made.
  declared as unknown as Command;

export type CommandMetadata = {
  /**
   * The same when the same thing is asked again; then the answer is the same, and it happens once. It counts for this
   * command's name, its stream and its actor only, so nobody meets somebody else's by accident. 1 to 200 visible ASCII
   * characters, and so no spaces.
   */
  readonly id: string;
  readonly actor: Actor;
  /** Where something new is to belong: the actor's own, unless one who acts beyond it names another. */
  readonly organisation?: string | undefined;
  /** As in `If-Match`: the version of the stream that was seen. */
  readonly expectedVersion?: number | undefined;
  /** What its events are tied to. */
  readonly trace?: Trace | undefined;
  /** The request that it came with, where that had a key. */
  readonly request?: KeyedRequest | undefined;
};

/**
 * A request whose sender gave it a key, to ask again with when no answer came. What was carried out under a key keeps it:
 * nothing else is done under it.
 */
export type KeyedRequest = {
  /** Of everybody's keys; at most 100 characters. */
  readonly key: string;
  /** Distinguishes this request from any other: 32 bytes. */
  readonly fingerprint: Uint8Array;
};
