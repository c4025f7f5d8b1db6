/** A connection for reading, made when it is first needed and made anew when it broke. */
import { backOff, pause, Weather } from '@plenum/runtime';
import type { Connection } from '../client.ts';
import { translateError } from '../translate-error.ts';
import { type InternalCluster, makeCluster } from './internals.ts';

export type ReaderCluster = {
  /**
   * Does work that knows the topic's leaders, again after a while if it meets Weather, and then with leaders asked for
   * anew.
   * @throws Weather when it is not over in time; anything else at once.
   */
  use<T>(topic: string, work: (cluster: InternalCluster) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export const openReaderCluster = (connection: Connection, retryMs: number): ReaderCluster => {
  let current: Promise<InternalCluster> | undefined;
  let closed = false;

  const renew = (failed: Promise<InternalCluster>): void => {
    if (current === failed) current = undefined;
    disconnect(failed);
  };

  const attempt = async <T>(topic: string, work: (cluster: InternalCluster) => Promise<T>): Promise<T> => {
    const held = (current ??= connect(connection));
    try {
      const cluster = await held;
      await cluster.addTargetTopic(topic);
      await cluster.refreshMetadataIfNecessary();
      try {
        return await work(cluster);
      } catch (error) {
        if (translateError(error) instanceof Weather) await cluster.refreshMetadata();
        throw error;
      }
    } catch (error) {
      const failure = translateError(error);
      if (failure instanceof Weather && !answered.has(failure.code)) renew(held);
      throw failure;
    }
  };

  return {
    async use(topic, work) {
      const deadlineMs = performance.now() + retryMs;
      const wait = backOff(50, 1_000);
      for (;;) {
        if (closed) throw new Error('the log is closed');
        try {
          return await attempt(topic, work);
        } catch (error) {
          if (!(error instanceof Weather) || performance.now() >= deadlineMs) throw error;
          connection.logger?.warn({ topic, code: error.code, reason: error.message }, 'reading waits for the log');
          await pause(wait.next());
        }
      }
    },
    async close() {
      closed = true;
      const held = current;
      current = undefined;
      if (held !== undefined) await held.then((cluster) => cluster.disconnect()).catch(() => undefined);
    },
  };
};

/** A broker said so itself: the connection is sound, only what we believed of the leaders was not. */
const answered = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'empty',
]);

const connect = async (connection: Connection): Promise<InternalCluster> => {
  const cluster = makeCluster(connection);
  try {
    await cluster.connect();
    return cluster;
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
};

/** Whoever used it has its own failure to tell; how the broken connection ends tells nothing more. */
const disconnect = (held: Promise<InternalCluster>): void => {
  void held.then((cluster) => cluster.disconnect()).catch(() => undefined);
};
