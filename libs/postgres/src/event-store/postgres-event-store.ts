/** The store of decisions in Postgres: the port of `@plenum/runtime` over the tables of schema `plenum_store`. */
import type { Topic } from '@plenum/event';
import type { InlineProjection } from '@plenum/read-model';
import type { CheckpointStore, EventCodec, EventStore, Log, Logger, StreamRestore } from '@plenum/runtime';
import type pg from 'pg';
import { migrate } from '../log/migrate-log.ts';
import { postgresLog } from '../log/postgres-log.ts';
import { ensureTopics, topicTable } from '../log/topics.ts';
import { answerTo, loadStream, loadStreams } from './load-stream.ts';
import { migrateInline } from './migrate-inline.ts';
import { openNotices } from './notices.ts';
import { openOutboxCheckpoints } from './outbox-checkpoints.ts';
import { askedUnder, rememberRequest } from './requests.ts';
import { restoreStreams } from './restore-streams.ts';
import { storeSteps } from './schema.sql.ts';
import { togetherWith } from './together.ts';

export type PostgresEventStoreParts = {
  /** One connection is kept while an outbox relay follows the store. `close` the store before ending the pool. */
  readonly pool: pg.Pool;
  /** Those that hold decisions. */
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  readonly codec: EventCodec;
  /** Tables that are written in the transaction of each decision; made where they are missing. */
  readonly inline?: readonly InlineProjection[];
  readonly logger: Logger;
};

export type PostgresEventStore = EventStore &
  StreamRestore & {
    /** What is to be relayed. Only `append` of the store puts something there. */
    readonly source: Pick<Log, 'subscribe' | 'positions' | 'read'>;
    /** With the rows of the outbox relay. */
    readonly checkpoints: CheckpointStore;
    close(): Promise<void>;
  };

/**
 * Opens the store, creating its tables where they are missing.
 * @throws TransientFailure when the database is away; an error when the schema is newer than this program, or a topic there has
 *   another number of partitions.
 */
export const postgresEventStore = async (parts: PostgresEventStoreParts): Promise<PostgresEventStore> => {
  const { pool, topics: declared, codec, inline = [], logger } = parts;
  const database = { pool, schema: 'plenum_store' } as const;
  const source = await postgresLog({ ...database, topics: declared, logger });
  await migrate(database, { versions: 'store_version', steps: storeSteps });
  for (const projection of inline) await migrateInline(pool, projection);
  const topics = topicTable(await ensureTopics(database, declared));
  const checkpoints = await openOutboxCheckpoints(pool, declared);
  const notices = openNotices(pool, logger);
  const together = togetherWith({ pool, codec, topics, inline, notices });
  return {
    load: (stream, after = 0) => (after === 0 ? together.load(stream) : loadStream(pool, codec, { stream, after })),
    loadAll: (streams) => loadStreams(pool, codec, streams),
    answered: (commandId) => answerTo(pool, commandId),
    askedUnder: (key) => askedUnder(pool, key),
    rememberRequest: (request) => rememberRequest(pool, request),
    append: together.append,
    restore: (batches, how = { replace: false }) => restoreStreams(pool, batches, how),
    source,
    checkpoints,
    close: async () => {
      await notices.close();
      await source.close();
    },
  };
};
