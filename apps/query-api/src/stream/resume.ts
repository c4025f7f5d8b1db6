/** Whether a client can go on after an id, and from where. */
import type { Log, PartitionEnds } from '@plenum/runtime';
import type { ResyncReason } from './frames.ts';
import { type LastSent, type Positions, readId } from './positions.ts';

export type Resumed =
  /** By topic, the next offset of every partition; a topic that the id does not name begins where it is now. */
  | { readonly outcome: 'from'; readonly positions: Positions }
  | { readonly outcome: 'resync'; readonly reason: ResyncReason };

type Parts = {
  readonly log: Pick<Log, 'positions' | 'read'>;
  /** How many events may have been missed, of all topics together. */
  readonly missedMax: number;
};

/** @throws TransientFailure */
export const resume = async (
  { log, missedMax }: Parts,
  topics: readonly string[],
  lastId: string,
): Promise<Resumed> => {
  const place = readId(lastId);
  if (place === undefined) return { outcome: 'resync', reason: 'unreadable-id' };
  const ends = new Map(await Promise.all(topics.map(async (topic) => [topic, await log.positions(topic)] as const)));
  const reason = judged(place.positions, ends, missedMax);
  if (reason !== undefined) return { outcome: 'resync', reason };
  if (place.last !== undefined && (await isAnothersEvent(log, place.positions, place.last, ends))) {
    return { outcome: 'resync', reason: 'another-log' };
  }
  return { outcome: 'from', positions: place.positions };
};

type Ends = ReadonlyMap<string, readonly PartitionEnds[]>;

const judged = (positions: Positions, ends: Ends, missedMax: number): ResyncReason | undefined => {
  let missed = 0n;
  for (const [topic, partitions] of ends) {
    const own = positions.get(topic);
    if (own === undefined) continue;
    if (own.length !== partitions.length) return 'another-log';
    for (const [index, { first, next }] of partitions.entries()) {
      const from = own[index] ?? 0n;
      if (from > next) return 'another-log';
      if (from < first) return 'no-longer-kept';
      missed += next - from;
    }
  }
  return missed > BigInt(missedMax) ? 'too-far-behind' : undefined;
};

/** A log that was made anew may be longer than the old one was by now; the event before the position tells them apart. */
const isAnothersEvent = async (
  log: Pick<Log, 'read'>,
  positions: Positions,
  { topic, partition, timestampMs }: LastSent,
  ends: Ends,
): Promise<boolean> => {
  const first = ends.get(topic)?.[partition]?.first;
  const next = positions.get(topic)?.[partition];
  if (first === undefined || next === undefined || next <= first) return false;
  for await (const { records } of log.read({ topic, partition, from: next - 1n, to: next })) {
    const [record] = records;
    if (record !== undefined) return record.timestampMs !== timestampMs;
  }
  return true;
};
