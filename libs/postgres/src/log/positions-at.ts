import { query } from '../pool.ts';
import { readBatch } from './batch-reader.ts';
import type { LogDatabase } from './log-database.ts';

type Found = {
  readonly next: string;
  readonly first: string;
  readonly last_offset: string | null;
  readonly record_count: number;
  readonly body: Buffer;
};

/**
 * Of every partition, the first offset whose record's time is `timeMs` or later, else the next offset. Exact although
 * times are not quite in order (processes' clocks differ): a batch keeps the greatest time up to its end, which never
 * falls, and the first batch where that reaches `timeMs` holds the record.
 */
export const positionsAt = async (
  { pool, schema }: LogDatabase,
  topicId: number,
  timeMs: number,
): Promise<readonly bigint[]> => {
  const rows = await query<Found>(
    pool,
    `select h.next_offset as next, h.log_start as first, b.last_offset, b.record_count, b.body
       from ${schema}.log_head h
       left join ${schema}.log_batch b on b.topic = h.topic and b.part = h.part
        and b.last_offset = ${schema}.batch_at(h.topic, h.part, $2)
      where h.topic = $1 order by h.part`,
    [topicId, Math.ceil(timeMs)],
  );
  return rows.map(({ next, first, last_offset, record_count, body }) => {
    if (last_offset === null) return BigInt(next);
    const rowFirst = BigInt(last_offset) - BigInt(record_count) + 1n;
    const start = BigInt(first);
    const found = readBatch(body, rowFirst).find((record) => record.timestampMs >= timeMs && record.offset >= start);
    // Only where truncation took the record that raised the time: then everything kept is offered.
    return found?.offset ?? start;
  });
};
