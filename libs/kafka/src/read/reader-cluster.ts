/** A connection for reading, made when it is first needed and made anew when it broke. */
import { backOff, retry, TransientFailure } from '@plenum/runtime';
import { type Connection, noteSilent } from '../client/client.ts';
import { endClient, type Sockets } from '../client/sockets.ts';
import { translateError } from '../client/translate-error.ts';
import { type InternalCluster, makeCluster } from './internals.ts';

export type ReaderCluster = {
  /**
   * Does work that knows the topic's leaders, again after a while if it meets TransientFailure, and then with leaders asked for
   * anew.
   * @throws TransientFailure when it is not over in time; anything else at once, such as that the log was closed meanwhile.
   */
  use<T>(topic: string, work: (cluster: InternalCluster) => Promise<T>): Promise<T>;
  /** What comes next begins with another broker: one did not answer. */
  renew(): void;
  /** Breaks off what is under way. */
  close(): Promise<void>;
};

/** Whatever is asked here is answered at once by a broker that lives. */
const readTimeoutMs = 4_000;

/** One connection, until it breaks; those who still use it then do so to their end. */
type Held = {
  readonly cluster: InternalCluster;
  readonly sockets: Sockets;
  readonly connected: Promise<void>;
  users: number;
  broken: boolean;
};

export const openReaderCluster = (connection: Connection, retryMs: number): ReaderCluster => {
  const connections = heldConnections(connection);
  const closing = new AbortController();
  const throwIfClosed = (): void => {
    if (closing.signal.aborted) throw new Error('the log is closed');
  };

  return {
    async use(topic, work) {
      throwIfClosed();
      const { logger } = connection;
      try {
        return await retry(() => attempt(connections, topic, work), {
          ...{ logger, fields: { topic }, waiting: 'reading waits for the log' },
          ...{ wait: backOff(50, 1_000), stop: closing.signal, forMs: retryMs },
        });
      } catch (error) {
        throwIfClosed();
        throw error;
      }
    },
    renew: connections.renew,
    async close() {
      closing.abort();
      await connections.close();
    },
  };
};

const attempt = async <T>(
  connections: HeldConnections,
  topic: string,
  work: (cluster: InternalCluster) => Promise<T>,
): Promise<T> => {
  const held = connections.give();
  const { cluster } = held;
  try {
    await held.connected.catch((error: unknown) => {
      connections.breakOff(held);
      throw error;
    });
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadataIfNecessary();
    return await work(cluster).catch(async (error: unknown) => {
      if (isAnswer(translateError(error))) await cluster.refreshMetadata();
      throw error;
    });
  } catch (error) {
    if (isTimeout(error)) noteSilent(error.broker);
    const failure = translateError(error);
    if (failure instanceof TransientFailure && !isAnswer(failure)) connections.breakOff(held);
    throw failure;
  } finally {
    connections.giveBack(held);
  }
};

type HeldConnections = {
  /** The one in use, made where there is none. It has to be given back. */
  give(): Held;
  giveBack(held: Held): void;
  /** The next one to come gets another; this one ends when nobody uses it any more. */
  breakOff(held: Held): void;
  renew(): void;
  /** Cuts what is under way: a broker that is frozen would never answer. */
  close(): Promise<void>;
};

const heldConnections = (connection: Connection): HeldConnections => {
  const requestTimeoutMs = Math.min(connection.requestTimeoutMs ?? readTimeoutMs, readTimeoutMs);
  const open = new Set<Held>();
  let current: Held | undefined;

  const end = async (held: Held): Promise<void> => {
    await endClient(held.sockets, () => held.cluster.disconnect());
    open.delete(held);
  };
  const breakOff = (held: Held): void => {
    held.broken = true;
    if (current === held) current = undefined;
    if (held.users === 0) void end(held);
  };

  return {
    give() {
      if (current === undefined) {
        const made = makeCluster({ ...connection, requestTimeoutMs });
        current = { ...made, connected: made.cluster.connect(), users: 0, broken: false };
        open.add(current);
      }
      current.users += 1;
      return current;
    },
    giveBack(held) {
      held.users -= 1;
      if (held.broken && held.users === 0) void end(held);
    },
    breakOff,
    renew() {
      if (current !== undefined) breakOff(current);
    },
    async close() {
      current = undefined;
      for (const { sockets } of open) sockets.destroy();
      await Promise.all([...open].map(end));
    },
  };
};

const isTimeout = (error: unknown): error is Error & { readonly broker: string } =>
  error instanceof Error && error.name === 'KafkaJSRequestTimeoutError' && 'broker' in error;

/** A broker said so itself: the connection is sound, only what we believed of the leaders was not. */
const isAnswer = (failure: Error): boolean => failure instanceof TransientFailure && answers.has(failure.code);

const answers = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'empty',
]);
