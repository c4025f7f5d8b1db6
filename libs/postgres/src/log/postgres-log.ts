/** The log in Postgres: the port of `@plenum/runtime` over the tables of one schema, `plenum_log` unless said otherwise. */
import { randomUUID } from 'node:crypto';
import type { Topic } from '@plenum/event';
import type { Log, Logger } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';
import { startAppender } from './appender.ts';
import { partitionEnds } from './ends.ts';
import { holdConnection } from './held-connection.ts';
import type { LogSchema } from './log-database.ts';
import { migrateLog } from './migrate-log.ts';
import { openNotifications } from './notifications.ts';
import { positionsAt } from './positions-at.ts';
import { readRange } from './read-range.ts';
import { runMember } from './subscribe.ts';
import { ensureTopics, topicTable } from './topics.ts';

export type PostgresLogParts = {
  /**
   * Where the log is. Two of its connections are kept for as long as the log is open, one for appending and one for
   * notifications and heartbeats; each subscription, and each range that is read, takes one at a time. `close` the log
   * before ending the pool.
   */
  readonly pool: pg.Pool;
  /** Every topic this process appends to or reads; missing ones are created. */
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  readonly logger: Logger;
  readonly schema?: LogSchema;
  /** How long an append is tried before it is rejected with TransientFailure: 8 s by default. */
  readonly retryMs?: number;
};

export type PostgresLog = Log & {
  /** Bytes handed to `append` and not yet settled: a caller that takes data from outside holds back by it. */
  queuedBytes(): number;
};

/**
 * Opens the log, creating its tables and topics where they are missing.
 * @throws TransientFailure when the database is away; an error when a topic there has another number of partitions.
 */
export const postgresLog = async (parts: PostgresLogParts): Promise<PostgresLog> => {
  const { pool, logger, schema = 'plenum_log', retryMs = 8_000 } = parts;
  const database = { pool, schema };
  await migrateLog(database);
  // Nobody asks again about an append this old. A producer that is still there and only silent begins a new row.
  await query(pool, `delete from ${schema}.log_producer where seen_at < clock_timestamp() - interval '7 days'`);
  const topics = topicTable(await ensureTopics(database, parts.topics));
  const ends = partitionEnds();
  const notifications = openNotifications(database, ends, logger);
  const connection = holdConnection(pool);
  const closing = new AbortController();
  const members = new Set<Promise<void>>();
  const appender = startAppender({
    connection,
    schema,
    topics,
    // Never one that was used before: the database would take a new append for an old one it has answered already.
    producerId: randomUUID(),
    retryMs,
    logger,
    stored(ranges) {
      for (const range of ranges) {
        ends.reached(topics.get(range.topic).id, range.partition, range.firstOffset + BigInt(range.count));
      }
    },
  });

  return {
    append: appender.append,
    queuedBytes: appender.queuedBytes,
    async subscribe(subscription, stop) {
      const known = subscription.topics.map(topics.get);
      const running = runMember(
        { database, ends, notifications, logger, topics: known, subscription },
        AbortSignal.any([stop, closing.signal]),
      );
      members.add(running);
      try {
        await running;
      } finally {
        members.delete(running);
      }
    },
    read: ({ topic, partition, from, to }) => readRange(database, { topic: topics.get(topic), partition }, from, to),
    async positions(topic) {
      const rows = await query<{ part: number; first: string; next: string }>(
        pool,
        `select part, log_start as first, next_offset as next from ${schema}.log_head where topic = $1 order by part`,
        [topics.get(topic).id],
      );
      return rows.map(({ part, first, next }) => ({ partition: part, first: BigInt(first), next: BigInt(next) }));
    },
    positionsAt: (topic, timeMs) => positionsAt(database, topics.get(topic).id, timeMs),
    async close() {
      closing.abort();
      await Promise.allSettled(members);
      await appender.close();
      await connection.close();
      await notifications.close();
    },
  };
};
