/** Reads stored batches of one partition and cuts them into batches to hand over. */
import { type Batch, type LogRecord, Weather } from '@plenum/runtime';
import type pg from 'pg';
import { translateError } from '../translate-error.ts';
import { readBatch } from './batch-reader.ts';
import type { KnownTopic } from './topics.ts';

export type Place = { readonly topic: KnownTopic; readonly partition: number };

/** What one look at a partition found. `rows` begin with the one that holds the offset asked for. */
export type Fetched = {
  readonly first: bigint;
  readonly end: bigint;
  readonly rows: readonly StoredBatch[];
};

type StoredBatch = { readonly lastOffset: bigint; readonly count: number; readonly body: Buffer };

/**
 * Rows are fetched until one of these is reached; a row is at most about 1 MiB more. Larger fetches were no faster, and
 * every partition that is followed holds one in memory.
 */
const bytesMax = 1 * 1024 * 1024;
const rowsMax = 1_000;

/**
 * The left join gives the partition's ends even when nothing is there to read; they are from the same snapshot as the
 * rows. `octet_length` of a body stored out of line does not read the body.
 */
const fetchStatement = `
  select h.log_start, h.next_offset, b.last_offset, b.record_count, b.body
    from plenum_log.log_head h
    left join lateral (
      select * from (
        select c.*, sum(octet_length(c.body)) over (order by c.last_offset) - octet_length(c.body) as bytes_before,
               sum(c.record_count) over (order by c.last_offset) - c.record_count as records_before
          from (select last_offset, record_count, body from plenum_log.log_batch
                 where topic = $1 and part = $2 and last_offset >= $3 order by last_offset limit ${rowsMax}) c
      ) s where s.bytes_before < ${bytesMax} and s.records_before < $4
    ) b on true
   where h.topic = $1 and h.part = $2
   order by b.last_offset`;

/** A connection that is silent for so long is dead; the driver then throws it away. */
const answerMsMax = 30_000;

const fetchConfig = {
  name: 'plenum_log_fetch',
  text: fetchStatement,
  rowMode: 'array',
  query_timeout: answerMsMax,
} as const;

type FetchedRow = readonly [string, string, string | null, number | null, Buffer | null];

/** @throws Weather when the database is away. */
export const fetchBatches = async (
  pool: pg.Pool,
  { topic, partition }: Place,
  from: bigint,
  recordsMax: number,
): Promise<Fetched> => {
  try {
    const { rows } = await pool.query<FetchedRow[]>({
      ...fetchConfig,
      values: [topic.id, partition, from, recordsMax],
    });
    const list = rows as unknown as readonly FetchedRow[]; // rowMode 'array', which the driver's types do not follow.
    const [first, end] = list[0] ?? [];
    if (first === undefined || end === undefined) throw new Error(`topic ${topic.name} has no partition ${partition}`);
    const stored = list.flatMap(([, , lastOffset, count, body]): readonly StoredBatch[] =>
      lastOffset === null || count === null || body === null ? [] : [{ lastOffset: BigInt(lastOffset), count, body }],
    );
    return { first: BigInt(first), end: BigInt(end), rows: stored };
  } catch (error) {
    if (error instanceof Error && error.message === 'Query read timeout') {
      throw new Weather('timeout', `the log gave no answer for ${answerMsMax} ms`, { cause: error });
    }
    throw translateError(error);
  }
};

/**
 * Cuts what was fetched into batches of at most `recordsMax` records, from `from` up to but without `to`. Rows are
 * decoded one at a time, when they are needed.
 */
export function* cutBatches(
  { topic, partition }: Place,
  fetched: Fetched,
  { from, to, recordsMax }: { readonly from: bigint; readonly to: bigint; readonly recordsMax: number },
): Generator<Batch> {
  let at = from;
  let held: LogRecord[] = [];
  const batch = (records: readonly LogRecord[]): Batch => {
    const fetchedOffset = at;
    at = (records.at(-1)?.offset ?? at) + 1n;
    return { topic: topic.name, partition, fetchedOffset, records, nextOffset: at, endOffset: fetched.end };
  };
  for (const row of fetched.rows) {
    const rowFirst = row.lastOffset - BigInt(row.count) + 1n;
    if (rowFirst >= to) break;
    const records = readBatch(row.body, rowFirst);
    if (records.length !== row.count) throw new Error(`the log batch at ${rowFirst} holds ${records.length} records`);
    const wanted = rowFirst < from || row.lastOffset >= to ? records.filter(within(from, to)) : records;
    held = held.length === 0 ? [...wanted] : held.concat(wanted);
    let cut = 0;
    for (; held.length - cut >= recordsMax; cut += recordsMax) yield batch(held.slice(cut, cut + recordsMax));
    if (cut > 0) held = held.slice(cut);
  }
  if (held.length > 0) yield batch(held);
}

const within =
  (from: bigint, to: bigint) =>
  (record: LogRecord): boolean =>
    record.offset >= from && record.offset < to;
