/**
 * Tries what is parked again, once at every start: what refused a record may have been mended since, by a newer program, a
 * schema that is known now, or a decision that has come. Where the first record of a key is taken, those behind it follow in
 * the order of the log, and the key goes on as if nothing had been. Where it is refused again, everything stays as it was.
 *
 * The consumer goes on meanwhile: what comes of a parked key is parked behind, until its last record is released.
 */
import { LogTruncated } from '../errors.ts';
import type { Log, LogRecord } from '../log.ts';
import type { Patience } from '../patience.ts';
import type { Logger } from '../ports.ts';
import type { CheckpointReads, ConsumerId, ParkedKey, TopicPartition } from './checkpoint-store.ts';

/** Records of one parked key, in order, from the first that is parked on. */
export type ParkedAgain = {
  readonly at: TopicPartition;
  readonly key: string;
  readonly records: readonly LogRecord[];
};

/**
 * Takes what can be taken now and releases it; from the first one that is refused again on, the rest stays parked.
 * @returns how many were released. @throws TransientFailure when nothing has happened, or somebody else was at it.
 */
export type RetryRecords = (parked: ParkedAgain) => Promise<number>;

export type RetryParked = {
  readonly consumer: ConsumerId;
  readonly fields: Readonly<Record<string, string>>;
  readonly checkpoints: CheckpointReads;
  readonly retry: RetryRecords;
  readonly log: Pick<Log, 'read'>;
  readonly logger: Logger;
  readonly patient: Patience;
  /** Records of one key in one transaction, at most. */
  readonly recordsMax: number;
};

/** Settles when every key that was parked at the beginning has been tried, or `stop` aborts. */
export const retryParked = async (parts: RetryParked, stop: AbortSignal): Promise<void> => {
  const { checkpoints, consumer, logger, patient } = parts;
  for (const parked of (await patient(() => checkpoints.parkedKeys(consumer))) ?? []) {
    let released = 0;
    // One record first: most keys are refused again, and have long queues.
    for (let tried = 1; !stop.aborted; tried = parts.recordsMax) {
      const step = await patient(() => retryOf(parts, parked, tried));
      released += step?.released ?? 0;
      if (step === undefined || step.released < step.tried || step.tried < tried) break;
    }
    if (stop.aborted) return;
    const { topic, partition, key } = parked;
    const fields = { ...parts.fields, topic, partition, key, released };
    const left = (await patient(() => checkpoints.parkedOffsets(consumer, parked, 1))) ?? [];
    if (left.length > 0)
      logger.warn({ ...fields, from: String(left[0]) }, 'a key is still parked: it was refused again');
    else logger.info(fields, 'a key that was parked goes on');
    // A release need not wait for the disk, and nobody tries it again before the next start.
    if (released > 0) await patient(() => checkpoints.confirm(consumer, parked));
  }
};

type Tried = { readonly tried: number; readonly released: number };

const retryOf = async (parts: RetryParked, at: ParkedKey, recordsMax: number): Promise<Tried> => {
  const { checkpoints, consumer, retry, log, logger } = parts;
  const offsets = await checkpoints.parkedOffsets(consumer, at, recordsMax);
  if (offsets.length === 0) return { tried: 0, released: 0 };
  try {
    const records = await recordsAt(log, at, offsets);
    const released = await retry({ at, key: at.key, records });
    return { tried: offsets.length, released };
  } catch (error) {
    if (!(error instanceof LogTruncated)) throw error;
    logger.warn({ ...parts.fields, key: at.key, reason: error.message }, 'parked records are no longer in the log');
    return { tried: offsets.length, released: 0 };
  }
};

/** The records of one partition at these offsets, which are in order. */
const recordsAt = async (
  log: Pick<Log, 'read'>,
  { topic, partition }: ParkedKey,
  offsets: readonly bigint[],
): Promise<readonly LogRecord[]> => {
  const wanted = new Set(offsets);
  const found: LogRecord[] = [];
  const from = offsets[0] ?? 0n;
  const to = (offsets.at(-1) ?? from) + 1n;
  for await (const { records } of log.read({ topic, partition, from, to })) {
    for (const record of records) {
      // A view into a buffer that the next batch may use again.
      if (wanted.has(record.offset)) found.push({ ...record, value: record.value.slice() });
    }
  }
  return found;
};
