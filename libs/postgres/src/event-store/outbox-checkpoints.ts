import type { Topic } from '@plenum/event';
import { type CheckpointStore, outboxRelay, partitionsOf } from '@plenum/runtime';
import type pg from 'pg';
import { postgresCheckpointStore } from '../consumers/postgres-checkpoint-store.ts';
import { query } from '../pool.ts';

/** Checkpoints with the rows of the outbox relay in them, so that how much waits can be reported before one runs. */
export const openOutboxCheckpoints = async (
  pool: pg.Pool,
  topics: readonly Pick<Topic, 'name' | 'partitions'>[],
): Promise<CheckpointStore> => {
  const checkpoints = postgresCheckpointStore({ pool });
  const names = topics.map(({ name }) => name);
  await checkpoints.prepare(outboxRelay, partitionsOf(outboxRelay, names, topics));
  await query(pool, backToTheStart, [outboxRelay.name]);
  return checkpoints;
};

/**
 * The store's tables may have been lost while those of consumers were kept. A checkpoint behind the end of the outbox is of
 * the one before; of this one nothing was sent. Both are read in one snapshot, in which no checkpoint is ahead otherwise.
 */
const backToTheStart = `update plenum.checkpoint c
    set next_offset = 0, read = 0, applied = 0, duplicates = 0, not_for_it = 0, parked = 0, updated_at = now()
   from plenum_store.log_head h join plenum_store.log_topic t on t.id = h.topic
  where c.consumer = $1 and c.topic = t.name and c.part = h.part and c.next_offset > h.next_offset`;
