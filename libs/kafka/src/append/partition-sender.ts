/**
 * Sends the records of one partition to the log: a queue, and at most one send under way. What gathers in the meantime
 * goes with the next one, so batches grow with the load by themselves. kafkajs loses and repeats messages when two sends
 * to one partition overlap and an answer is lost; they never do here.
 */
import { backOff, type Logger, type NewRecord, Poison, retry } from '@plenum/runtime';
import { translateError } from '../client/translate-error.ts';
import type { Producers } from './producers.ts';

/** Consecutive records of one append call, small enough for one batch (or a single record that is not). */
export type Piece = { readonly records: readonly NewRecord[]; readonly bytes: number };

export type PartitionSender = {
  /** Settles with the offset of the first record of the piece. */
  add(piece: Piece): Promise<bigint>;
  /** Settles when nothing is queued or under way. */
  drained(): Promise<void>;
};

export type PartitionSenderSettings = {
  readonly topic: string;
  readonly partition: number;
  readonly producers: Producers;
  readonly batchBytesMax: number;
  /** How long a piece is tried before it is rejected. */
  readonly retryMs: number;
  readonly logger: Logger;
};

type Waiting = Piece & {
  readonly deadlineMs: number;
  readonly resolve: (offset: bigint) => void;
  readonly reject: (error: Error) => void;
};

export const openPartitionSender = (settings: PartitionSenderSettings): PartitionSender => {
  let queue: Waiting[] = [];
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const taken = takeBatch(queue, settings.batchBytesMax);
      queue = queue.slice(taken.length);
      const failure = await store(settings, taken);
      // What is behind must not get ahead of what its caller will send again.
      if (failure instanceof Poison || failure === undefined) continue;
      const behind = queue;
      queue = [];
      for (const waiting of behind) waiting.reject(failure);
    }
    running = undefined;
  };

  return {
    add: (piece) =>
      new Promise((resolve, reject) => {
        queue.push({ ...piece, deadlineMs: performance.now() + settings.retryMs, resolve, reject });
        // A microtask later, so that calls made in one go share a send.
        running ??= Promise.resolve().then(run);
      }),
    drained: async () => running,
  };
};

/** As many as fit into one batch, and at least one. */
const takeBatch = (queue: readonly Waiting[], bytesMax: number): readonly Waiting[] => {
  let bytes = 0;
  const end = queue.findIndex((waiting, index) => {
    bytes += waiting.bytes;
    return index > 0 && bytes > bytesMax;
  });
  return end === -1 ? queue : queue.slice(0, end);
};

/** Tries until it is stored or the first of its callers has waited long enough. @returns why it failed. */
const store = async (settings: PartitionSenderSettings, taken: readonly Waiting[]): Promise<Error | undefined> => {
  const { topic, partition, logger } = settings;
  const records = taken.flatMap((waiting) => waiting.records);
  const deadlineMs = Math.min(...taken.map((waiting) => waiting.deadlineMs));
  const once = async (): Promise<void> => {
    let offset = await send(settings, records);
    for (const waiting of taken) {
      waiting.resolve(offset);
      offset += BigInt(waiting.records.length);
    }
  };
  try {
    await retry(once, {
      ...{ logger, fields: { topic, partition }, waiting: 'the log is away: trying again' },
      ...{ wait: backOff(100, 1_000), forMs: deadlineMs - performance.now(), translate: translateError },
    });
    return undefined;
  } catch (error) {
    const failure = translateError(error);
    for (const waiting of taken) waiting.reject(failure);
    return failure;
  }
};

/**
 * What was recorded by a clock that ran far ahead, and kept until it was right again (a decision, a message of a session), no broker
 * takes, at no time: it would keep back everything behind it for ever. So it goes with the time of now.
 * @throws Poison while our clock is ahead
 */
const send = async (
  { topic, partition, producers, logger }: PartitionSenderSettings,
  records: readonly NewRecord[],
) => {
  try {
    return await producers.send({ topic, partition, records });
  } catch (error) {
    const failure = translateError(error);
    const latestMs = Date.now();
    const ahead = records.filter(({ timestampMs }) => timestampMs > latestMs).length;
    if (!(failure instanceof Poison && failure.code === 'INVALID_TIMESTAMP') || ahead === 0) throw error;
    const fields = { topic, partition, records: ahead };
    logger.warn(fields, 'the broker refuses times of a clock that was ahead: these records go with the time of now');
    const taken = records.map((one) => ({ ...one, timestampMs: Math.min(one.timestampMs, latestMs) }));
    return producers.send({ topic, partition, records: taken });
  }
};
