/** What is asked about consumers outside of a transaction, and the making of their rows. */
import { type CheckpointReads, ConsumerGone, type ConsumerId, type TopicPartition } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';
import { rowOf } from './checkpoint-transaction.ts';
import { keptText } from './kept-text.ts';
import { parkedKeysOf } from './parked-keys.ts';

export const checkpointReads = (pool: pg.Pool): CheckpointReads => {
  const nextBy = async (sql: string, consumer: ConsumerId, at: TopicPartition): Promise<bigint> => {
    const [row] = await query<{ next_offset: string }>(pool, sql, rowOf(consumer, at));
    if (row === undefined) throw new ConsumerGone(consumer, at);
    return BigInt(row.next_offset);
  };

  return {
    position: (consumer, at) => nextBy(positionSql, consumer, at),

    confirm: (consumer, at) => nextBy(confirmSql, consumer, at),

    parkedKeys: async (consumer) => {
      // Before anything was ever prepared there is nothing to ask.
      const [tables] = await query<{ there: boolean }>(
        pool,
        "select to_regclass('plenum.parked_key') is not null as there",
      );
      return tables?.there === true ? parkedKeysOf((text, values) => query(pool, text, values), consumer) : [];
    },

    parkedOffsets: async (consumer, at, offsetsMax) => {
      const asked = [...rowOf(consumer, at), keptText(at.key), offsetsMax];
      const rows = await query<{ log_offset: string }>(pool, parkedOffsetsSql, asked);
      return rows.map(({ log_offset }) => BigInt(log_offset));
    },
  };
};

/** The rows exist before anybody locks them, and are only ever updated from then on. */
export const makeCheckpoints = async (
  client: pg.ClientBase,
  { name, version, generation }: ConsumerId,
  partitions: readonly TopicPartition[],
): Promise<void> => {
  await client.query(
    `insert into plenum.checkpoint (consumer, version, generation, topic, part)
     select $1, $2, $3, * from unnest($4::text[], $5::int[]) on conflict do nothing`,
    [name, version, generation, partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
  );
};

const positionSql = `select next_offset from plenum.checkpoint
 where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5`;

/** Changes nothing, but its commit waits for the disk, and with it goes all that was committed before. */
const confirmSql = `update plenum.checkpoint set next_offset = next_offset
 where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5 returning next_offset`;

const parkedOffsetsSql = `select log_offset from plenum.parked
 where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5 and key = $6 order by log_offset limit $7`;
