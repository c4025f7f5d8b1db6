/** What commands are handled with, and what they come to. */
import type { Refused, StreamId } from '@plenum/event';
import type { PersonalParts } from '../persons/personal-events.ts';
import type { Clock, Random } from '../ports.ts';
import type { EventStore, StreamVersion } from './event-store.ts';

export type Decisions = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Encrypts what names a person, and decrypts it for rules. Without it no such event is recorded. */
  readonly personal?: PersonalParts | undefined;
  /** Told of the streams that a command of this process has just changed. */
  readonly changed?: (streams: readonly StreamVersion[]) => void;
};

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
