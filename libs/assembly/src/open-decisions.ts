/** Where decisions are taken: the store beside the read models, and the way from it into the log. */
import { inlineProjections, topics } from '@plenum/catalogue';
import type { MasterKeys } from '@plenum/credentials';
import { type Database, postgresEventStore } from '@plenum/postgres';
import {
  type ConsumerProgress,
  consumerProgress,
  type EventCodec,
  type EventStore,
  type Log,
  type Logger,
  type OutboxLag,
  outboxLag,
  type PersonalParts,
  runOutboxRelay,
  type StreamRestore,
} from '@plenum/runtime';
import { openPersons } from './open-persons.ts';

export type DecisionsSettings = {
  /** The one with the read models of `log`, so that both are of the same log. */
  readonly database: Pick<Database, 'pool'>;
  readonly log: Pick<Log, 'append'>;
  readonly codec: EventCodec;
  /** Wrap the keys of persons. Without them no person can be named, and nobody who was can be read. */
  readonly masterKeys: MasterKeys | undefined;
  readonly logger: Logger;
};

export type OpenDecisions = {
  /** `source` is the store's own log: what the outbox relay sends, and what is not in the log yet. */
  readonly store: EventStore & StreamRestore & { readonly source: Pick<Log, 'positions' | 'read'> };
  /** Of the same database: what names a person is encrypted and decrypted with it. `undefined` without master keys. */
  readonly personal: PersonalParts | undefined;
  /** Sends what is decided to the log until `stop`; any number of processes may. As `runOutboxRelay` settles and rejects. */
  relay(stop: AbortSignal): Promise<void>;
  /** What this process has relayed. */
  readonly progress: ConsumerProgress;
  /** What waits to be relayed, by whichever process. @throws TransientFailure */
  lag(): Promise<readonly OutboxLag[]>;
  /** Call before the database is closed, when the outbox relay has settled. */
  close(): Promise<void>;
};

/** The topics of the catalogue that hold decisions: nothing but the outbox relay appends to them. */
export const decisionTopics = topics.filter(({ holds }) => holds === 'decisions');

/** What is decided after a while of rest is sent at once. What follows shares the cost of an append and of noting it. */
const relayIntervalMs = 50;

/** @throws as `postgresEventStore` and `openPersons` do. */
export const openDecisions = async (settings: DecisionsSettings): Promise<OpenDecisions> => {
  const { database, log, codec, masterKeys, logger } = settings;
  await using opened = new AsyncDisposableStack();
  const persons = masterKeys && (await openPersons({ database, masterKeys, logger }));
  if (persons !== undefined) opened.defer(persons.close);
  const store = await postgresEventStore({
    ...{ pool: database.pool, topics: decisionTopics, codec, logger },
    inline: inlineProjections,
  });
  opened.defer(store.close);
  const progress = consumerProgress();
  const relay = { ...store, log, topics: decisionTopics, logger, progress, intervalMs: relayIntervalMs };
  const parts = opened.move();
  return {
    store,
    personal: persons?.personal,
    relay: (stop) => runOutboxRelay(relay, stop),
    progress,
    lag: () => outboxLag(relay),
    close: () => parts.disposeAsync(),
  };
};
