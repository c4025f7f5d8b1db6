/** What a command comes to, for the caller. */
import type { StreamId } from './command.ts';
import type { Refused } from './decider.ts';

/** What a command came to that was carried out. */
export type Receipt = {
  readonly outcome: 'done';
  /** `known`: the same command was carried out before. `unchanged`: what was asked for is so already. */
  readonly how: 'recorded' | 'known' | 'unchanged';
  /** Of the entity that it is about. */
  readonly id: string;
  /** The entity's stream, and its version afterwards: read models that are at it (`stream_version`) show what was done. */
  readonly stream: StreamId;
  readonly version: number;
};

/** The stream is not at the version that was asked for, or never stood still for long enough. */
export type Conflict = { readonly outcome: 'conflict'; readonly stream: StreamId; readonly version: number };

export type NotDone = Conflict | Refused;
