/** What the contract of event stores is run on. */
import type { TestContext } from 'node:test';
import type { EventStore, Reservation } from '../commands/event-store.ts';
import type { StreamRestore } from '../commands/rebuild-streams.ts';
import type { CheckpointStore } from '../consumer/checkpoint-store.ts';
import type { Log } from '../log.ts';

export type OpenedEventStore = {
  /** Empty, for `pursesTopic`, with `pursesCodec` and `pursesInline`. */
  readonly store: EventStore & StreamRestore;
  /** The same as another process has it. */
  readonly another: EventStore;
  /** Where its records wait to be relayed. */
  readonly source: Pick<Log, 'subscribe' | 'positions' | 'read'>;
  /** With the rows of the outbox relay. */
  readonly checkpoints: CheckpointStore;
  /** The notes of `pursesInline` that are committed. */
  readonly notes: () => Promise<readonly string[]>;
  /** The names that are held, by name. */
  readonly reservations: () => Promise<readonly Reservation[]>;
  /** All of the store that is not its log, row by row and in one order. */
  readonly rows: () => Promise<unknown>;
  /** Forgets everything, its log included. */
  readonly drop: () => Promise<void>;
};

export type OpenEventStore = (t: TestContext) => Promise<OpenedEventStore>;
