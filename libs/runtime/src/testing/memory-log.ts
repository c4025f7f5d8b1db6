/**
 * The log in memory: the same behaviour as the real ones and nothing else, for tests and for the seeded simulation. It
 * has no clock, no timer and no randomness of its own, so a run is repeated by repeating its inputs; what goes wrong in
 * it is decided by the code that holds it.
 */
import { partitionOf, type Topic } from '@plenum/event';
import { LogTruncated, TransientFailure } from '../errors.ts';
import type { AppendedRange, Batch, Log, LogRecord, NewRecord } from '../log.ts';
import { memoryGroups } from './memory-groups.ts';

export type MemoryLogOptions = {
  /**
   * Asked at every append. `refused`: nothing is stored and it rejects with TransientFailure. `answer-lost`: it is stored and
   * rejects with TransientFailure all the same, as after a connection lost at commit.
   */
  readonly onAppend?: (records: readonly NewRecord[]) => 'stored' | 'refused' | 'answer-lost';
  /** How many records the next batch may have at most; a subscription's own limit holds too. 2,000 by default. */
  readonly batchRecordsMax?: () => number;
  /** How a subscriber waits before it tries again after TransientFailure; one turn of the event loop by default. */
  readonly pause?: () => Promise<void>;
};

export type MemoryLog = Log & {
  /**
   * Moves partitions between the members of a group at once, as if their holders had been frozen: a holder may finish
   * the batch it has while the new one already reads from its own position. With one member, it loses and regains all.
   */
  movePartitions(group: string): void;
  /** Forgets what is before `first`. */
  truncate(topic: string, partition: number, first: bigint): void;
};

type Partition = { first: bigint; readonly records: LogRecord[] };
type Store = ReadonlyMap<string, readonly Partition[]>;

export const memoryLog = (
  topics: readonly Pick<Topic, 'name' | 'partitions'>[],
  { onAppend, batchRecordsMax = () => 2_000, pause = nextTurn }: MemoryLogOptions = {},
): MemoryLog => {
  const store: Store = new Map(
    topics.map(({ name, partitions }) => [
      name,
      Array.from({ length: partitions }, (): Partition => ({ first: 0n, records: [] })),
    ]),
  );
  let closed = false;
  let grown = Promise.withResolvers<void>();

  const readOne = (topic: string, partition: number, from: bigint, recordsMax: number): Batch | undefined =>
    cut(placeOf(store, topic, partition), {
      topic,
      partition,
      from,
      recordsMax: Math.min(recordsMax, batchRecordsMax()),
    });
  const groups = memoryGroups({
    partitions: (topic) => partitionsOf(store, topic).length,
    read: readOne,
    grown: () => grown.promise,
    pause,
  });

  return {
    async append(records) {
      if (closed) throw new Error('the log is closed');
      for (const record of records) partitionsOf(store, record.topic);
      const outcome = onAppend?.(records) ?? 'stored';
      if (outcome === 'refused') throw new TransientFailure('refused', 'the log takes nothing now');
      const ranges = put(store, records);
      grown.resolve();
      grown = Promise.withResolvers();
      if (outcome === 'answer-lost') throw new TransientFailure('lost', 'the log took it, but its answer was lost');
      return ranges;
    },
    subscribe: (subscription, stop) => {
      for (const topic of subscription.topics) partitionsOf(store, topic);
      return groups.join(subscription, stop);
    },
    async *read({ topic, partition, from, to }) {
      let at = from;
      while (at < to) {
        const batch = readOne(topic, partition, at, Number(to - at));
        if (batch === undefined) return;
        yield batch;
        at = batch.nextOffset;
      }
    },
    positions: async (topic) =>
      partitionsOf(store, topic).map((place, partition) => ({ partition, first: place.first, next: endOf(place) })),
    positionsAt: async (topic, timeMs) =>
      partitionsOf(store, topic).map(
        (place) => place.records.find((record) => record.timestampMs >= timeMs)?.offset ?? endOf(place),
      ),
    async close() {
      closed = true;
      await groups.close();
    },
    movePartitions: groups.move,
    truncate(topic, partition, first) {
      const place = placeOf(store, topic, partition);
      place.records.splice(0, Number(first - place.first));
      place.first = first;
    },
  };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const endOf = (place: Partition): bigint => place.first + BigInt(place.records.length);

const partitionsOf = (store: Store, topic: string): readonly Partition[] => {
  const partitions = store.get(topic);
  if (partitions === undefined) throw new Error(`topic ${topic} was not declared when the log was opened`);
  return partitions;
};

const placeOf = (store: Store, topic: string, partition: number): Partition => {
  const place = partitionsOf(store, topic)[partition];
  if (place === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
  return place;
};

const put = (store: Store, records: readonly NewRecord[]): readonly AppendedRange[] => {
  const ranges = new Map<string, AppendedRange>();
  for (const { topic, key, value, headers, timestampMs } of records) {
    const partition = partitionOf(key, partitionsOf(store, topic).length);
    const place = placeOf(store, topic, partition);
    const offset = endOf(place);
    const name = `${topic}/${partition}`;
    const { firstOffset, count } = ranges.get(name) ?? { firstOffset: offset, count: 0 };
    ranges.set(name, { topic, partition, firstOffset, count: count + 1 });
    place.records.push({ offset, timestampMs, key, value: Uint8Array.from(value), headers: { ...headers } });
  }
  return [...ranges.values()];
};

type Cut = { readonly topic: string; readonly partition: number; readonly from: bigint; readonly recordsMax: number };

/** The next batch at `from`, or `undefined` at the end. */
const cut = (place: Partition, { topic, partition, from, recordsMax }: Cut): Batch | undefined => {
  if (from < place.first) throw new LogTruncated(topic, partition, from, place.first);
  const endOffset = endOf(place);
  if (from > endOffset) throw new Error(`${topic}/${partition} ends at ${endOffset}, before the position ${from}`);
  if (from === endOffset) return undefined;
  const start = Number(from - place.first);
  const records = place.records.slice(start, start + Math.max(1, recordsMax));
  return { topic, partition, fetchedOffset: from, records, nextOffset: from + BigInt(records.length), endOffset };
};
