/**
 * How decisions come into the log: the store's own log is followed like any other, and what it holds is appended to the
 * event log, the same bytes in the same order. A checkpoint moves only after the append has settled, so after a crash
 * some are sent again: whoever reads them skips the versions it has. Before an event is sent, all earlier ones of its stream
 * have settled, whoever sent them, so no reader ever meets a gap.
 */
import type { Topic } from '@plenum/event';
import type { Batch, Log } from '../log.ts';
import { type Pause, patience } from '../patience.ts';
import type { Logger } from '../ports.ts';
import type { TopicPartition } from '../read-model-store.ts';

/** How far the store's log is in the event log. Every place has its row before anybody asks. */
export type RelayCheckpoints = {
  /** The next offset of the store's log to be sent. @throws TransientFailure */
  position(at: TopicPartition): Promise<bigint>;
  /** Moves from one offset to another; false, and nothing is moved, when it is somewhere else. @throws TransientFailure */
  advance(at: TopicPartition, from: bigint, to: bigint): Promise<boolean>;
};

type Source = Pick<Log, 'subscribe' | 'positions' | 'read'>;

export type Relay = {
  /** The store's log. */
  readonly source: Source;
  readonly checkpoints: RelayCheckpoints;
  readonly log: Pick<Log, 'append'>;
  readonly topics: readonly Pick<Topic, 'name'>[];
  readonly logger: Logger;
  readonly recordsMax?: number;
  /** Counted while this runs. */
  readonly progress?: RelayProgress;
  readonly pause?: Pause;
};

export type RelayProgress = {
  /** Sent again counts again. */
  recordsSent: number;
  /** Batches after which the checkpoint was not where this relay had left it: another one is at work, or was. */
  elsewhere: number;
  transientWaits: number;
};

export const relayProgress = (): RelayProgress => ({ recordsSent: 0, elsewhere: 0, transientWaits: 0 });

/**
 * Sends what the store has as one member of a group; several processes share the partitions. TransientFailure on either side is
 * waited out. Settles when `stop` aborts and what was under way is finished. Rejects on a bug or a truncated log.
 */
export const runRelay = async (parts: Relay, stop: AbortSignal): Promise<void> => {
  const { source, checkpoints, log, logger, recordsMax = 500, progress = relayProgress(), pause } = parts;
  const message = 'the relay of decisions waits for a transient failure to pass';
  const patient = patience({ logger, fields: {}, message, progress, pause }, stop);

  const move = async (batch: Batch): Promise<bigint> => {
    if (await checkpoints.advance(batch, batch.fetchedOffset, batch.nextOffset)) return batch.nextOffset;
    progress.elsewhere += 1;
    return checkpoints.position(batch);
  };
  const handle = async (batch: Batch): Promise<bigint> => {
    const { topic, fetchedOffset, records } = batch;
    const appended = await patient(() => log.append(records.map(({ offset: _, ...record }) => ({ topic, ...record }))));
    // Stopped before it was sent, or before that was noted: whoever is next sends it again.
    if (appended === undefined) return fetchedOffset;
    progress.recordsSent += records.length;
    return (await patient(() => move(batch))) ?? fetchedOffset;
  };

  const subscription = {
    group: 'relay',
    topics: parts.topics.map(({ name }) => name),
    position: async (topic: string, partition: number) =>
      (await patient(() => checkpoints.position({ topic, partition }))) ?? 0n,
    handle,
    recordsMax,
  };
  await patient(() => source.subscribe(subscription, stop));
};

/** What has been decided and is not yet in the log. */
export type RelayLag = TopicPartition & {
  readonly records: bigint;
  /** When the first of them was decided; `undefined` when there is none. */
  readonly sinceMs: number | undefined;
};

/** As the store and the checkpoints have it, whichever process relays, and also when none does. @throws TransientFailure */
export const relayLag = async ({
  source,
  checkpoints,
  topics,
}: Pick<Relay, 'source' | 'checkpoints' | 'topics'>): Promise<readonly RelayLag[]> => {
  const lags: RelayLag[] = [];
  for (const { name: topic } of topics) {
    for (const { partition, next } of await source.positions(topic)) {
      const from = await checkpoints.position({ topic, partition });
      const records = next > from ? next - from : 0n;
      const sinceMs = records === 0n ? undefined : await firstTimeMs(source, { topic, partition, from, to: from + 1n });
      lags.push({ topic, partition, records, sinceMs });
    }
  }
  return lags;
};

const firstTimeMs = async (source: Source, range: Parameters<Log['read']>[0]): Promise<number | undefined> => {
  for await (const { records } of source.read(range)) return records[0]?.timestampMs;
  return undefined;
};
