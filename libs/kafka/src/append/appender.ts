/** Takes records apart by partition, hands them to the senders, and says where they went. */
import { partitionOf, type Topic } from '@plenum/event';
import type { AppendedRange, Logger, NewRecord } from '@plenum/runtime';
import { openPartitionSender, type PartitionSender, type Piece } from './partition-sender.ts';
import type { Producers } from './producers.ts';

export type Appender = {
  append(records: readonly NewRecord[]): Promise<readonly AppendedRange[]>;
  /** Bytes handed in and not yet settled: those who take data from outside hold back by it. */
  queuedBytes(): number;
  close(): Promise<void>;
};

export type AppenderParts = {
  readonly topics: ReadonlyMap<string, Topic>;
  /**
   * Several, and every partition keeps to one of them: an idempotent producer of kafkajs has one request to a broker
   * under way at a time, for all of its partitions.
   */
  readonly producers: readonly Producers[];
  readonly retryMs: number;
  readonly logger: Logger;
};

/** What a batch and each of its records cost besides their contents, at most. */
const batchOverhead = 1_024;
const recordOverhead = 32;
const headerOverhead = 8;

export const openAppender = ({ topics, producers, retryMs, logger }: AppenderParts): Appender => {
  const senders = new Map<string, PartitionSender>();
  let bytesQueued = 0;
  let closed = false;

  const senderOf = (topic: Topic, partition: number): PartitionSender => {
    const name = `${topic.name}/${partition}`;
    const known = senders.get(name);
    if (known !== undefined) return known;
    const own = producers[senders.size % producers.length];
    if (own === undefined) throw new Error('a log needs a producer');
    const batchBytes = batchBytesMax(topic);
    const settings = { topic: topic.name, partition, producers: own, batchBytesMax: batchBytes, retryMs, logger };
    const sender = openPartitionSender(settings);
    senders.set(name, sender);
    return sender;
  };

  const put = async (one: Group): Promise<readonly AppendedRange[]> => {
    const sender = senderOf(one.topic, one.partition);
    const offsets = await settled(one.pieces.map((piece) => sender.add(piece)));
    return ranges(one, offsets);
  };

  return {
    async append(records) {
      if (closed) throw new Error('the log is closed');
      const groups = groupsOf(records, topics);
      const bytes = groups.reduce((sum, { pieces }) => sum + pieces.reduce((all, piece) => all + piece.bytes, 0), 0);
      bytesQueued += bytes;
      try {
        return (await settled(groups.map(put))).flat();
      } finally {
        bytesQueued -= bytes;
      }
    },
    queuedBytes: () => bytesQueued,
    async close() {
      closed = true;
      await Promise.all([...senders.values()].map((sender) => sender.drained()));
      await Promise.all(producers.map((one) => one.close()));
    },
  };
};

const batchBytesMax = (topic: Topic): number => Number(topic.config['max.message.bytes']) - batchOverhead;

/** What one call has for one partition, in its order. */
type Group = { readonly topic: Topic; readonly partition: number; readonly pieces: readonly Piece[] };

type OpenPiece = { readonly records: NewRecord[]; bytes: number };
type OpenGroup = Omit<Group, 'pieces'> & { readonly pieces: OpenPiece[] };

const groupsOf = (records: readonly NewRecord[], topics: ReadonlyMap<string, Topic>): readonly Group[] => {
  const groups: OpenGroup[] = [];
  const ofTopics = new Map<Topic, OpenGroup[]>();
  for (const record of records) {
    const topic = topics.get(record.topic);
    if (topic === undefined) throw new Error(`topic ${record.topic} was not declared when the log was opened`);
    if (!Number.isSafeInteger(record.timestampMs)) throw new RangeError(`a record's time is ${record.timestampMs}`);
    const partition = partitionOf(record.key, topic.partitions);
    let ofTopic = ofTopics.get(topic);
    if (ofTopic === undefined) ofTopics.set(topic, (ofTopic = []));
    let group = ofTopic[partition];
    if (group === undefined) groups.push((group = ofTopic[partition] = { topic, partition, pieces: [] }));
    const bytes = sizeOf(record);
    const last = group.pieces.at(-1);
    if (last === undefined || last.bytes + bytes > batchBytesMax(topic)) {
      group.pieces.push({ records: [record], bytes });
    } else {
      last.records.push(record);
      last.bytes += bytes;
    }
  }
  return groups;
};

/** An upper bound: three bytes for a character is the most that UTF-8 takes for one unit of a JavaScript string. */
const sizeOf = ({ key, value, headers }: NewRecord): number => {
  let bytes = recordOverhead + 3 * key.length + value.byteLength;
  for (const name in headers) bytes += headerOverhead + 3 * (name.length + (headers[name]?.length ?? 0));
  return bytes;
};

/** Waits for all, whatever becomes of them, so that nothing is under way any more when the caller hears of a failure. */
const settled = async <T>(promises: readonly Promise<T>[]): Promise<readonly T[]> => {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
};

/** Pieces that came to lie next to each other are one range. */
const ranges = ({ topic, partition, pieces }: Group, offsets: readonly bigint[]): readonly AppendedRange[] => {
  const found: AppendedRange[] = [];
  for (const [index, piece] of pieces.entries()) {
    const firstOffset = offsets[index] ?? 0n;
    const count = piece.records.length;
    const last = found.at(-1);
    if (last !== undefined && last.firstOffset + BigInt(last.count) === firstOffset) {
      found[found.length - 1] = { ...last, count: last.count + count };
    } else {
      found.push({ topic: topic.name, partition, firstOffset, count });
    }
  }
  return found;
};
