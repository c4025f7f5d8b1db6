/** What one append transaction carries: the batches of several callers' records, cut by topic and partition. */
import type { AppendedRange, NewRecord } from '@plenum/runtime';
import type pg from 'pg';
import type { BatchWriter } from './batch-writer.ts';
import type { LogSchema } from './log-database.ts';
import type { KnownTopic } from './topics.ts';

/** A row stays small enough to be read, kept in memory and handed over as a whole. */
const rowRecordsMax = 2_000;
const rowBytesMax = 1024 * 1024;

/** A record with the place it belongs to, found when it was handed in. */
export type Placed = { readonly record: NewRecord; readonly topic: KnownTopic; readonly partition: number };

/** The arguments of a log's `append`, one entry per batch row; `bodies` is theirs one after another. */
export type Flush = {
  readonly topics: number[];
  readonly parts: number[];
  readonly counts: number[];
  readonly highMs: number[];
  readonly bytes: number[];
  readonly bodies: Buffer;
  /** Per append given: which ranges it got, once the rows' first offsets are known. */
  ranges(firstOffsets: readonly bigint[]): readonly (readonly AppendedRange[])[];
};

/** An attempt with the sequence number of an earlier one of this producer that was done is only answered again. */
export type Attempt = { readonly producerId: string; readonly sequence: number };

/**
 * Appends a flush; answers `first_offsets` of its rows, as text. Without an attempt it is done as often as it is sent, and nobody is
 * notified: that is left to the caller, when it is committed.
 */
export const appendQuery = (schema: LogSchema, flush: Flush, attempt?: Attempt): pg.QueryConfig => {
  const { topics, parts, counts, highMs, bytes, bodies } = flush;
  return {
    name: `${schema}_append`,
    text: `select ${schema}.append($1, $2, $3, $4, $5, $6, $7, $8)::text[] as first_offsets`,
    values: [attempt?.producerId, attempt?.sequence, topics, parts, counts, highMs, bytes, bodies],
  };
};

/** That a partition reaches as far as a row of a flush, for those who follow its topic. */
export const endNotice = (
  schema: LogSchema,
  { topics, parts, counts }: Pick<Flush, 'topics' | 'parts' | 'counts'>,
  { index, first }: { readonly index: number; readonly first: string },
): { readonly channel: string; readonly payload: string } => ({
  channel: `${schema}_${topics[index]}`,
  payload: `${parts[index]}:${BigInt(first) + BigInt(counts[index] ?? 0)}`,
});

type Share = { readonly group: Group; readonly from: number; count: number };
type Group = {
  readonly topic: KnownTopic;
  readonly partition: number;
  readonly records: NewRecord[];
  firstRow: number;
};

/** `bodies` is a view into the writer: it is good until the next flush is made. */
export const makeFlush = (appends: readonly (readonly Placed[])[], writer: BatchWriter): Flush => {
  const groups = new Map<number, Group[]>();
  const shares = appends.map((placed) => sharesOf(placed, groups));
  const flush = { topics: [], parts: [], counts: [], highMs: [], bytes: [] };
  writer.reset();
  // Ascending, as `append` takes them.
  for (const [, ofTopic] of [...groups].sort(([one], [other]) => one - other)) {
    // Partitions that got nothing leave holes in the array, which `for each` skips.
    ofTopic.forEach((group) => addRows(group, writer, flush));
  }
  return {
    ...flush,
    bodies: writer.bytes(),
    ranges: (firstOffsets) =>
      shares.map((ofAppend) =>
        ofAppend.map(({ group, from, count }) => ({
          topic: group.topic.name,
          partition: group.partition,
          firstOffset: (firstOffsets[group.firstRow] ?? 0n) + BigInt(from),
          count,
        })),
      ),
  };
};

/** Puts an append's records into their groups and notes which stretch of each is its own. */
const sharesOf = (placed: readonly Placed[], groups: Map<number, Group[]>): readonly Share[] => {
  const shares = new Map<Group, Share>();
  for (const { record, topic, partition } of placed) {
    const group = groupOf(groups, topic, partition);
    const share = shares.get(group);
    if (share === undefined) shares.set(group, { group, from: group.records.length, count: 1 });
    else share.count += 1;
    group.records.push(record);
  }
  return [...shares.values()];
};

const groupOf = (groups: Map<number, Group[]>, topic: KnownTopic, partition: number): Group => {
  let ofTopic = groups.get(topic.id);
  if (ofTopic === undefined) groups.set(topic.id, (ofTopic = []));
  return (ofTopic[partition] ??= { topic, partition, records: [], firstRow: 0 });
};

type Rows = Pick<Flush, 'topics' | 'parts' | 'counts' | 'highMs' | 'bytes'>;

const addRows = (group: Group, writer: BatchWriter, rows: Rows): void => {
  group.firstRow = rows.topics.length;
  let from = 0;
  while (from < group.records.length) {
    const first = group.records[from] as NewRecord; // `from` is below the length.
    let highMs = first.timestampMs;
    let to = from;
    writer.begin(first.timestampMs);
    while (to < group.records.length && to - from < rowRecordsMax && writer.size() < rowBytesMax) {
      const record = group.records[to] as NewRecord; // `to` is below the length.
      writer.add(record);
      if (record.timestampMs > highMs) highMs = record.timestampMs;
      to += 1;
    }
    rows.topics.push(group.topic.id);
    rows.parts.push(group.partition);
    rows.counts.push(to - from);
    rows.highMs.push(highMs);
    rows.bytes.push(writer.end());
    from = to;
  }
};
