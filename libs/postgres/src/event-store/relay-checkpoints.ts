import type { Topic } from '@plenum/event';
import type { RelayCheckpoints } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';

/** Makes the rows that are missing: a checkpoint is only ever updated, so two that begin at once cannot both move it. */
export const openRelayCheckpoints = async (
  pool: pg.Pool,
  topics: readonly Pick<Topic, 'name' | 'partitions'>[],
): Promise<RelayCheckpoints> => {
  await query(
    pool,
    `insert into plenum_store.relay_checkpoint (topic, part)
     select a.topic, p.part from unnest($1::text[], $2::int[]) as a(topic, partitions),
            generate_series(0, a.partitions - 1) p(part)
     on conflict do nothing`,
    [topics.map(({ name }) => name), topics.map(({ partitions }) => partitions)],
  );
  return {
    async position({ topic, partition }) {
      const [row] = await query<{ next: string }>(
        pool,
        'select next_offset as next from plenum_store.relay_checkpoint where topic = $1 and part = $2',
        [topic, partition],
      );
      if (row === undefined) throw new Error(`the relay has no checkpoint for ${topic}/${partition}`);
      return BigInt(row.next);
    },
    async advance({ topic, partition }, from, to) {
      const moved = await query(
        pool,
        `update plenum_store.relay_checkpoint set next_offset = $4
          where topic = $1 and part = $2 and next_offset = $3 returning 1`,
        [topic, partition, from, to],
      );
      return moved.length === 1;
    },
  };
};
