import { decodeAll, type EventCodec, type Log } from '@plenum/runtime';
import { exportedRecord } from './export-record.ts';

export type LogExport = {
  readonly log: Pick<Log, 'read' | 'positions'>;
  readonly codec: EventCodec;
  readonly topic: string;
  /** All of them when left out. */
  readonly partition?: number;
  /** The first offset wanted; the first kept when left out. */
  readonly from?: bigint;
  /** Up to but without this offset; the end as it is now when left out. */
  readonly to?: bigint;
  /** Settles when there is capacity for more. */
  readonly write: (text: string) => Promise<void>;
  readonly stop?: AbortSignal;
};

/** Written at once, in characters. */
const chunkLength = 256 * 1024;

/**
 * Writes a range of the log as JSON lines, one partition after another, each in order. Memory does not grow with it.
 * @returns how many records were written.
 * @throws when the topic has no such partition; LogTruncated when `from` is no longer kept; the reason of `stop`.
 */
export const exportLog = async (parts: LogExport): Promise<number> => {
  const { log, codec, topic, write, stop } = parts;
  const ends = await log.positions(topic);
  const wanted = ends.filter(({ partition }) => parts.partition === undefined || parts.partition === partition);
  if (wanted.length === 0) throw new Error(`${topic} has partitions 0 to ${ends.length - 1}, not ${parts.partition}`);
  let records = 0;
  let chunk = '';
  for (const { partition, first, next } of wanted) {
    const from = parts.from ?? first;
    const to = parts.to === undefined || parts.to > next ? next : parts.to;
    if (from >= to) continue;
    for await (const batch of log.read({ topic, partition, from, to })) {
      stop?.throwIfAborted();
      for (const { record, known } of await decodeAll(codec, batch.records)) {
        chunk += exportedRecord(batch, record, known);
        records += 1;
        if (chunk.length < chunkLength) continue;
        await write(chunk);
        chunk = '';
      }
    }
  }
  if (chunk !== '') await write(chunk);
  return records;
};
