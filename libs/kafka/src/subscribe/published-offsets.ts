/**
 * How far each partition is, committed to Kafka for lag monitors. It is no checkpoint: nothing here reads it
 * back, and that it cannot be committed is no failure.
 */
import { type Logger, pause } from '@plenum/runtime';
import type { Consumer } from 'kafkajs';

export type PublishedOffsets = {
  note(topic: string, partition: number, next: bigint): void;
  /** Commits what has not been committed yet, unless that takes long. Never rejects. */
  flush(): Promise<void>;
};

const everyMs = 1_000;
/** kafkajs asks a coordinator that does not answer for a minute. Nobody waits as long to stop. */
const patienceMs = 1_000;

export const publishOffsets = (consumer: Pick<Consumer, 'commitOffsets'>, logger: Logger): PublishedOffsets => {
  const uncommitted = new Map<string, { topic: string; partition: number; offset: string }>();
  let committing: Promise<void> | undefined;
  let committedMs = performance.now();

  const commit = async (): Promise<void> => {
    const offsets = [...uncommitted.values()];
    uncommitted.clear();
    if (offsets.length === 0) return;
    try {
      await consumer.commitOffsets(offsets);
    } catch (error) {
      logger.debug({ error }, 'offsets could not be published for lag monitors');
    }
    committedMs = performance.now();
  };

  return {
    note(topic, partition, next) {
      uncommitted.set(`${topic}/${partition}`, { topic, partition, offset: String(next) });
      if (committing !== undefined || performance.now() - committedMs < everyMs) return;
      committing = commit().finally(() => {
        committing = undefined;
      });
    },
    async flush() {
      const committed = new AbortController();
      const all = async (): Promise<void> => {
        await committing;
        await commit();
        committed.abort();
      };
      await Promise.race([all(), pause(patienceMs, committed.signal)]);
    },
  };
};
