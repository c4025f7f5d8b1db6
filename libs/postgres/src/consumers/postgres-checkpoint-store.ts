/** Checkpoints in PostgreSQL of consumers that keep no rows there. They wait for the disk. */
import type { CheckpointStore } from '@plenum/runtime';
import type pg from 'pg';
import { inPipelinedTransaction, inTransaction } from '../pool.ts';
import { checkpointReads, makeCheckpoints } from './checkpoint-reads.ts';
import { openCheckpoint, openCheckpoints } from './checkpoint-transaction.ts';
import { lockTables, makeConsumerTables } from './consumer-tables.ts';

export type PostgresCheckpointSettings = {
  /** The caller ends it. */
  readonly pool: pg.Pool;
  /** A member that stays silent this long inside a transaction loses its connection, and with it the partition. */
  readonly frozenMs?: number;
};

export const postgresCheckpointStore = ({ pool, frozenMs = 8_000 }: PostgresCheckpointSettings): CheckpointStore => ({
  ...checkpointReads(pool),

  prepare: (consumer, partitions) =>
    inTransaction(pool, async (client) => {
      await lockTables(client);
      await makeConsumerTables(client);
      await makeCheckpoints(client, consumer, partitions);
    }),

  transact: (consumer, at, work) =>
    inPipelinedTransaction(pool, async (client, begun) => {
      const { onCheckpoint } = await openCheckpoint({ client, begun, consumer, frozenMs, lasts: 'at-once' }, at);
      return work(onCheckpoint);
    }),

  transactTogether: (consumer, places, work) =>
    inPipelinedTransaction(pool, async (client, begun) => {
      const { partitions, advance } = await openCheckpoints(
        { client, begun, consumer, frozenMs, lasts: 'at-once' },
        places,
      );
      return work({ partitions, advance });
    }),
});
