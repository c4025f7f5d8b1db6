/** Where decisions are taken: the store beside the read models, and the way from it into the log. */
import { inlineProjections, topics } from '@plenum/catalogue';
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
  runOutboxRelay,
  type StreamRestore,
} from '@plenum/runtime';

export type DecisionsSettings = {
  /** The one with the read models of `log`, so that both are of the same log. */
  readonly database: Pick<Database, 'pool'>;
  readonly log: Pick<Log, 'append'>;
  readonly codec: EventCodec;
  readonly logger: Logger;
};

export type OpenDecisions = {
  /** `source` is the store's own log: what the outbox relay sends, and what is not in the log yet. */
  readonly store: EventStore & StreamRestore & { readonly source: Pick<Log, 'positions' | 'read'> };
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

/** @throws as `postgresEventStore` does. */
export const openDecisions = async (settings: DecisionsSettings): Promise<OpenDecisions> => {
  const { database, log, codec, logger } = settings;
  const store = await postgresEventStore({
    ...{ pool: database.pool, topics: decisionTopics, codec, logger },
    inline: inlineProjections,
  });
  const progress = consumerProgress();
  const relay = { ...store, log, topics: decisionTopics, logger, progress };
  return {
    store,
    relay: (stop) => runOutboxRelay(relay, stop),
    progress,
    lag: () => outboxLag(relay),
    close: store.close,
  };
};
