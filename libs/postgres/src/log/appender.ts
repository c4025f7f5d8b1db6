/**
 * The one appender of a process: callers' records wait in a queue, and everything that has gathered while one
 * transaction was being committed goes into the next. So one fsync serves all partitions and all callers, and order
 * needs no lock of ours: there is never a second transaction under way. Records are encoded when their transaction is made,
 * so their bytes belong to the log until `append` settles.
 */
import { partitionOf } from '@plenum/event';
import { type AppendedRange, backOff, type Logger, type NewRecord, retryUntilStopped } from '@plenum/runtime';
import { appendQueue, type Waiting } from './append-queue.ts';
import { batchWriter } from './batch-writer.ts';
import { appendQuery, type Flush, makeFlush, type Placed } from './flush.ts';
import type { HeldConnection } from './held-connection.ts';
import type { LogSchema } from './log-database.ts';
import type { TopicTable } from './topics.ts';

export type Appender = {
  append(records: readonly NewRecord[]): Promise<readonly AppendedRange[]>;
  /** Bytes handed in and not yet settled: a caller that takes data from outside holds back by it. */
  queuedBytes(): number;
  /** Refuses new records and settles when those handed in have settled. */
  close(): Promise<void>;
};

export type AppenderParts = {
  readonly connection: HeldConnection;
  readonly schema: LogSchema;
  readonly topics: TopicTable;
  /** A UUID used by nobody before: the database remembers this appender's last append by it. */
  readonly producerId: string;
  /** How long an append is tried before it is rejected. */
  readonly retryMs: number;
  readonly logger: Logger;
  /** Given what was stored, so that readers in this process need not wait to hear it from the database. */
  readonly stored: (ranges: readonly AppendedRange[]) => void;
};

/** A transaction this large already runs at the disk's speed; a larger one only makes others wait. */
const flushBytesMax = 4 * 1024 * 1024;

export const startAppender = (parts: AppenderParts): Appender => {
  const { topics, retryMs } = parts;
  const queue = appendQueue(retryMs);
  const writer = batchWriter();
  let sequence = 0;
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async (): Promise<void> => {
    while (!queue.isEmpty()) {
      const taken = queue.take(flushBytesMax);
      sequence += 1;
      try {
        await store(
          parts,
          taken,
          sequence,
          makeFlush(
            taken.map((waiting) => waiting.placed),
            writer,
          ),
        );
      } catch (error) {
        for (const waiting of taken) waiting.reject(error);
      }
      queue.rejectLate();
    }
    running = undefined;
  };

  return {
    append(records) {
      if (closed) return Promise.reject(new Error('the log is closed'));
      if (records.length === 0) return Promise.resolve([]);
      try {
        const added = queue.add(records.map((record) => place(record, topics)));
        // A microtask later, so that calls made in one go share a transaction.
        running ??= Promise.resolve().then(run);
        return added;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    queuedBytes: () => queue.bytes(),
    async close() {
      closed = true;
      await running;
    },
  };
};

const place = (record: NewRecord, topics: TopicTable): Placed => {
  if (!Number.isSafeInteger(record.timestampMs)) throw new RangeError(`a record's time is ${record.timestampMs}`);
  const topic = topics.get(record.topic);
  return { record, topic, partition: partitionOf(record.key, topic.partitions) };
};

/**
 * Tries one transaction until it is stored, or until the last of its callers has been answered that it was not done in
 * time. Every attempt has the same number, so one that did commit before its connection was lost is not repeated.
 */
const store = async (
  parts: AppenderParts,
  taken: readonly Waiting[],
  sequence: number,
  flush: Flush,
): Promise<void> => {
  let open = taken;
  const nobodyWaits = new AbortController();
  await retryUntilStopped(
    async () => {
      const ranges = flush.ranges(await send(parts, sequence, flush));
      parts.stored(ranges.flat());
      taken.forEach((waiting, index) => waiting.resolve(ranges[index] ?? []));
    },
    {
      ...{ logger: parts.logger, fields: { sequence }, waiting: 'the log is away: trying again' },
      ...{ wait: backOff(50, 1_000), stop: nobodyWaits.signal },
      onFailure: (failure) => {
        const now = performance.now();
        for (const late of open) if (late.deadlineMs <= now) late.reject(failure);
        open = open.filter((waiting) => waiting.deadlineMs > now);
        if (open.length === 0) nobodyWaits.abort();
      },
    },
  );
};

/** @returns the first offset of every row of the flush. */
const send = async (parts: AppenderParts, sequence: number, flush: Flush): Promise<readonly bigint[]> => {
  const { connection, schema, producerId, retryMs } = parts;
  const rows = await connection.query<{ first_offsets: readonly string[] }>(
    appendQuery(schema, flush, { producerId, sequence }),
    retryMs,
  );
  return (rows[0]?.first_offsets ?? []).map(BigInt);
};
