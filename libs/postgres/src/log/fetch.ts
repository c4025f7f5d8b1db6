/** Reads stored batches of some partitions in one statement, and cuts them into batches to hand over. */
import type { Batch, LogRecord } from '@plenum/runtime';
import { readBatch } from './batch-reader.ts';
import { type CopiedRow, copyOut } from './copy-out.ts';
import type { LogDatabase } from './log-database.ts';
import type { KnownTopic } from './topics.ts';

export type Place = { readonly topic: KnownTopic; readonly partition: number };

export type FetchAsk = { readonly place: Place; readonly from: bigint };

export type FetchLimits = {
  /** Of each partition, beside its even share of the bytes. */
  readonly recordsMax: number;
  /** Of all partitions together. What is asked for last gets nothing when it is reached. */
  readonly bytesMax: number;
};

/** What one look at a partition found. `rows` begin with the one that holds the offset asked for. */
export type Fetched = {
  readonly first: bigint;
  readonly end: bigint;
  readonly rows: readonly StoredBatch[];
};

type StoredBatch = { readonly lastOffset: bigint; readonly count: number; readonly body: Buffer };

/** More than one batch a round trip; the limit of bytes is what counts. */
export const fetchRecordsMax = 10_000;
/** A row is at most about 1 MiB more. Larger fetches were no faster. */
export const fetchBytesMax = 1024 * 1024;
const rowsMax = 1_000;

/** One for each ask, in their order. @throws TransientFailure when the database is away. */
export const fetchBatches = async (
  { pool, schema }: LogDatabase,
  asks: readonly FetchAsk[],
  { recordsMax, bytesMax }: FetchLimits,
): Promise<readonly Fetched[]> => {
  // COPY takes no parameters; these are all whole numbers.
  const list = (numbers: readonly (number | bigint)[]): string => `'{${numbers.join(',')}}'`;
  const topics = list(asks.map(({ place }) => place.topic.id));
  const partitions = list(asks.map(({ place }) => place.partition));
  const froms = list(asks.map(({ from }) => from));
  const rows = await copyOut(
    pool,
    `select * from ${schema}.fetch(${topics}, ${partitions}, ${froms}, ${rowsMax}, ${recordsMax}, ${bytesMax})`,
  );
  const found = Map.groupBy(rows, ([ask]) => Number(ask?.readBigInt64BE()));
  return asks.map(({ place }, index) => fetchedOf(found.get(index + 1), place));
};

const fetchedOf = (rows: readonly CopiedRow[] | undefined, { topic, partition }: Place): Fetched => {
  const ends = rows?.[0];
  if (rows === undefined || ends === undefined) throw new Error(`topic ${topic.name} has no partition ${partition}`);
  const stored = rows.flatMap(([, , , lastOffset, count, body]): readonly StoredBatch[] =>
    lastOffset && count && body ? [{ lastOffset: lastOffset.readBigInt64BE(), count: count.readInt32BE(), body }] : [],
  );
  return { first: ends[1]?.readBigInt64BE() ?? 0n, end: ends[2]?.readBigInt64BE() ?? 0n, rows: stored };
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
