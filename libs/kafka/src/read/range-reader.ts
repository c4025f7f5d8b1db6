/** Reads the log without being a member of any group: ranges, ends, and offsets by time. */
import type { Topic } from '@plenum/event';
import { type Batch, LogTruncated, type PartitionEnds, type Range, TransientFailure } from '@plenum/runtime';
import { carriedIn } from '../fetch/fetch-patch.ts';
import { piecesOf } from '../fetch/pieces.ts';
import type { RecordSet } from '../fetch/record-set.ts';
import { type InternalCluster, readCommitted } from './internals.ts';
import type { ReaderCluster } from './reader-cluster.ts';

export type RangeReader = {
  read(range: Range): AsyncGenerator<Batch>;
  /** @throws when the topic was not declared. */
  ends(topic: string): Promise<readonly PartitionEnds[]>;
  endsOf(topic: string, partition: number): Promise<PartitionEnds>;
  endsAt(topic: string, timeMs: number): Promise<readonly bigint[]>;
};

const maxWaitMs = 200;
/** Compressed, as the log has it; what is unpacked is many times as much. */
const bytesMax = 128 * 1024;
const recordsMax = 5_000;

export const rangeReader = (cluster: ReaderCluster, topics: ReadonlyMap<string, Topic>): RangeReader => {
  const partitionsOf = (topic: string): readonly number[] => {
    const declared = topics.get(topic);
    if (declared === undefined) throw new Error(`topic ${topic} was not declared when the log was opened`);
    return Array.from({ length: declared.partitions }, (_, partition) => partition);
  };
  const offsets = (topic: string, partitions: readonly number[], which: Which): Promise<ReadonlyMap<number, bigint>> =>
    cluster.use(topic, (internals) => listOffsets(internals, topic, partitions, which));

  const endsOfSome = async (topic: string, partitions: readonly number[]): Promise<readonly PartitionEnds[]> => {
    const [first, next] = await Promise.all([
      offsets(topic, partitions, { fromBeginning: true }),
      offsets(topic, partitions, { fromBeginning: false }),
    ]);
    return partitions.map((partition) => ({
      partition,
      first: first.get(partition) ?? 0n,
      next: next.get(partition) ?? 0n,
    }));
  };

  const endsOf = async (topic: string, partition: number): Promise<PartitionEnds> => {
    if (!partitionsOf(topic).includes(partition)) throw new Error(`topic ${topic} has no partition ${partition}`);
    const [ends] = await endsOfSome(topic, [partition]);
    if (ends === undefined) throw new Error(`no ends of ${topic}/${partition}`);
    return ends;
  };

  return {
    read: (range) => readRange(cluster, endsOf, range),
    ends: async (topic) => endsOfSome(topic, partitionsOf(topic)),
    endsOf,
    async endsAt(topic, timeMs) {
      const partitions = partitionsOf(topic);
      // -1 and -2 mean the log's ends here.
      const found = await offsets(topic, partitions, { fromTimestamp: Math.max(0, Math.ceil(timeMs)) });
      const ends = await endsOfSome(topic, partitions);
      return ends.map(({ partition, next }) => {
        const offset = found.get(partition) ?? -1n;
        return offset < 0n ? next : offset;
      });
    },
  };
};

type Which = { readonly fromBeginning: boolean } | { readonly fromTimestamp: number };

const listOffsets = async (
  cluster: InternalCluster,
  topic: string,
  partitions: readonly number[],
  which: Which,
): Promise<ReadonlyMap<number, bigint>> => {
  const wanted = partitions.map((partition) => ({ partition }));
  const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: wanted, ...which }]);
  const found = new Map(answer?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  // kafkajs leaves out a partition that it knows no leader of, and says nothing.
  if (found.size < partitions.length)
    throw new TransientFailure('LEADER_NOT_AVAILABLE', `${topic} has partitions without a leader`);
  return found;
};

async function* readRange(
  cluster: ReaderCluster,
  endsOf: RangeReader['endsOf'],
  { topic, partition, from, to }: Range,
): AsyncGenerator<Batch> {
  const { first, next } = await endsOf(topic, partition);
  if (from < first) throw new LogTruncated(topic, partition, from, first);
  if (from > next) throw new RangeError(`${topic}/${partition} ends at ${next}, before ${from}`);
  const end = to < next ? to : next;
  const fetchAt = (at: bigint): Promise<Fetched> =>
    fetchOnce(cluster, { topic, partition, at }).catch(async (error: unknown) => {
      if (!isOutOfRange(error)) throw error;
      const ends = await endsOf(topic, partition);
      throw at < ends.first ? new LogTruncated(topic, partition, at, ends.first) : error;
    });

  let at = from;
  let asked = from;
  let ahead = at < end ? fetchAt(at) : undefined;
  while (ahead !== undefined) {
    const fetched = await ahead;
    // Past everything that was fetched, records that are not handed over included.
    const after = fetched.lastOffset < at ? at + 1n : fetched.lastOffset + 1n;
    // The next one comes while this one is being worked on. A reader that stops early does not hear of its failure.
    ahead = after < end ? fetchAt(after) : undefined;
    ahead?.catch(() => undefined);
    // What was left out belongs to the last of the batches, or, with none, to the next fetch's first.
    for await (const { records, next: nextOffset } of piecesOf(fetched, { from: at, to: end, recordsMax })) {
      yield { topic, partition, fetchedOffset: asked, records, nextOffset, endOffset: next };
      asked = nextOffset;
    }
    at = after;
  }
}

type Fetched = RecordSet & { readonly lastOffset: bigint };

type FetchFrom = { readonly topic: string; readonly partition: number; readonly at: bigint };

const fetchOnce = (reader: ReaderCluster, { topic, partition, at }: FetchFrom): Promise<Fetched> =>
  reader.use(topic, async (cluster) => {
    const leader = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0];
    if (leader === undefined) throw new TransientFailure('LEADER_NOT_AVAILABLE', `${topic}/${partition} has no leader`);
    const broker = await cluster.findBroker({ nodeId: leader });
    const response = await broker.fetch({
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: bytesMax,
      isolationLevel: readCommitted,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(at), maxBytes: bytesMax }] }],
    });
    const set = carriedIn(response.responses[0]?.partitions[0]?.messages ?? []);
    // There is something before the end, or there would have been no fetch. Nothing is no reason to skip it.
    if (set?.lastOffset === undefined)
      throw new TransientFailure('empty', `${topic}/${partition} gave nothing at ${at}`);
    return { ...set, lastOffset: set.lastOffset };
  });

const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'OFFSET_OUT_OF_RANGE';
