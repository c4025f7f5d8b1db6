/** Reads stored batches of one partition and cuts them into batches to hand over. */
import type { Batch, LogRecord } from '@plenum/runtime';
import { readBatch } from './batch-reader.ts';
import { copyOut } from './copy-out.ts';
import type { LogDatabase } from './log-database.ts';
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
const bytesMax = 1024 * 1024;
const rowsMax = 1_000;

/** @throws TransientFailure when the database is away. */
export const fetchBatches = async (
  { pool, schema }: LogDatabase,
  { topic, partition }: Place,
  from: bigint,
  recordsMax: number,
): Promise<Fetched> => {
  // COPY takes no parameters; these are all whole numbers.
  const numbers = [topic.id, partition, from, rowsMax, recordsMax, bytesMax];
  const rows = await copyOut(pool, `select * from ${schema}.fetch(${numbers.join(', ')})`);
  const ends = rows[0];
  if (ends === undefined) throw new Error(`topic ${topic.name} has no partition ${partition}`);
  const stored = rows.flatMap(([, , lastOffset, count, body]): readonly StoredBatch[] =>
    lastOffset && count && body ? [{ lastOffset: lastOffset.readBigInt64BE(), count: count.readInt32BE(), body }] : [],
  );
  return { first: ends[0]?.readBigInt64BE() ?? 0n, end: ends[1]?.readBigInt64BE() ?? 0n, rows: stored };
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
