/**
 * How far each partition is, told to Kafka for whoever watches lag there. It is no checkpoint: nothing here reads it
 * back, and that it cannot be told is no failure.
 */
import { type Logger, pause } from '@plenum/runtime';
import type { Consumer } from 'kafkajs';

export type PublishedOffsets = {
  note(topic: string, partition: number, next: bigint): void;
  /** Tells what has not been told yet, unless that takes long. Never rejects. */
  flush(): Promise<void>;
};

const everyMs = 1_000;
/** kafkajs asks a coordinator that does not answer for a minute. Nobody waits as long to stop. */
const patienceMs = 1_000;

export const publishOffsets = (consumer: Pick<Consumer, 'commitOffsets'>, logger: Logger): PublishedOffsets => {
  const untold = new Map<string, { topic: string; partition: number; offset: string }>();
  let telling: Promise<void> | undefined;
  let toldMs = performance.now();

  const tell = async (): Promise<void> => {
    const offsets = [...untold.values()];
    untold.clear();
    if (offsets.length === 0) return;
    try {
      await consumer.commitOffsets(offsets);
    } catch (error) {
      logger.debug({ error }, 'offsets could not be published for lag monitors');
    }
    toldMs = performance.now();
  };

  return {
    note(topic, partition, next) {
      untold.set(`${topic}/${partition}`, { topic, partition, offset: String(next) });
      if (telling !== undefined || performance.now() - toldMs < everyMs) return;
      telling = tell().finally(() => {
        telling = undefined;
      });
    },
    async flush() {
      const told = new AbortController();
      const all = async (): Promise<void> => {
        await telling;
        await tell();
        told.abort();
      };
      await Promise.race([all(), pause(patienceMs, told.signal)]);
    },
  };
};
