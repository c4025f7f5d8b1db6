/**
 * What every store of decisions owes its callers. The one in memory and the one in PostgreSQL both run it. Facts are those
 * of `sample-purses.ts`, in the codec that is given with them.
 */
import { describe, type TestContext } from 'node:test';
import type { Sql } from '@plenum/read-model';
import type { EventStore } from '../decision/event-store.ts';
import type { StreamRestore } from '../decision/rebuild-streams.ts';
import type { RelayCheckpoints } from '../decision/relay.ts';
import type { Log } from '../log.ts';
import { appendDecisions } from './event-store-contract-append.ts';
import { relayDecisions } from './event-store-contract-relay.ts';

export type OpenedEventStore = {
  /** Empty, for `pursesTopic` and with `pursesCodec`. */
  readonly store: EventStore & StreamRestore;
  /** The same as another process has it. */
  readonly another: EventStore;
  /** Where its records wait to be relayed. */
  readonly source: Pick<Log, 'subscribe' | 'positions' | 'read'>;
  readonly checkpoints: RelayCheckpoints;
  /** A table that `alongside` can write to. */
  readonly notes: {
    readonly write: (sql: Sql, note: string) => Promise<void>;
    /** What is committed. */
    readonly all: () => Promise<readonly string[]>;
  };
  /** All of the store that is not its log, row by row and in one order. */
  readonly rows: () => Promise<unknown>;
  /** Forgets everything, its log included. */
  readonly drop: () => Promise<void>;
};

export type OpenEventStore = (t: TestContext) => Promise<OpenedEventStore>;

export const eventStoreContract = (name: string, open: OpenEventStore): void => {
  describe(`${name} is an event store`, () => {
    appendDecisions(open);
    relayDecisions(open);
  });
};
