/** What every order about a user, a key or a session is given with, and what it comes to. */
import type { Actor, Identity } from '@plenum/access';
import type { Refused, Trace } from '@plenum/event';
import type { KeyedRequest } from '@plenum/runtime';

export type Order = {
  /** Who gives it; `plenumItself` is one. */
  readonly actor: Actor | Identity;
  /**
   * The same when the same thing is asked again, and then it happens once. It counts for this actor, kind of order and
   * subject only, so nobody meets somebody else's by accident. At most 200 characters.
   */
  readonly commandId: string;
  /** As in `If-Match`: the version of the subject that was seen. */
  readonly expectedVersion?: number | undefined;
  readonly trace?: Trace | undefined;
  /** The request that it came with, where that had a key: `Requests` makes it. */
  readonly request?: KeyedRequest | undefined;
};

export type Done = {
  readonly outcome: 'done';
  /** `known`: the same order was carried out before. `unchanged`: it was so already. */
  readonly how: 'recorded' | 'known' | 'unchanged';
  /** Of the user, key or session. */
  readonly id: string;
  /** The stream, and its version afterwards: read models that are at it (`stream_version`) show what was done. */
  readonly stream: string;
  readonly version: number;
};

export type NotDone =
  /** 412 when a version was asked for, else 409: the stream is at this version. */
  { readonly outcome: 'conflict'; readonly stream: string; readonly version: number } | Refused;

/** Rejects with TransientFailure when the database is away; asking again with the same command id is then safe. */
export type Ordered = Promise<Done | NotDone>;

/** `secret` is told once: there is none when the order is `known` or did not make one. */
export type OrderedSecret = Promise<(Done & { readonly secret: string | undefined }) | NotDone>;
