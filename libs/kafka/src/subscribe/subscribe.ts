/** A member of a group, for as long as the subscription lasts: through lost brokers, moved leaders and rebalances. */
import {
  aborted,
  backOff,
  type Logger,
  type Presence,
  retryUntilStopped,
  type Subscription,
  TransientFailure,
} from '@plenum/runtime';
import type { Consumer, LogEntry } from 'kafkajs';
import {
  type Client,
  type Connection,
  makeClient,
  noteSilent,
  requestTimeoutUsualMs,
  retryOf,
} from '../client/client.ts';
import { endClient } from '../client/sockets.ts';
import { translateError } from '../client/translate-error.ts';
import type { RangeReader } from '../read/range-reader.ts';
import type { ReaderCluster } from '../read/reader-cluster.ts';
import { leaveForAbsent, markedAssigner } from './absent-members.ts';
import { openAssignment } from './assignment.ts';
import { leastWaitMs } from './fetch-wait.ts';
import { handOver } from './hand-over.ts';
import { publishOffsets } from './published-offsets.ts';
import { patchRunner } from './runner-patch.ts';
import { takeLeave } from './take-leave.ts';

patchRunner();

export type SubscribeParts = {
  readonly connection: Connection;
  readonly cluster: ReaderCluster;
  readonly reader: RangeReader;
  readonly logger: Logger;
  readonly presence: Presence | undefined;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly partitionsConcurrently: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
};

const retries = 5;

/** Settles when `stop` aborts; rejects when it cannot go on. A transient failure is waited out by joining anew. */
export const subscribe = async (
  parts: SubscribeParts,
  subscription: Subscription,
  stop: AbortSignal,
): Promise<void> => {
  const { group } = subscription;
  while (!stop.aborted) {
    await retryUntilStopped((joined) => takePart(parts, subscription, { stop, joined }), {
      ...{ logger: parts.logger, fields: { group }, waiting: 'a subscription waits for the log' },
      ...{ wait: backOff(100, 1_000), stop, translate: translateError },
    });
  }
};

type Bounds = { readonly stop: AbortSignal; readonly joined: () => void };

/** One membership, from joining to leaving. Rejects with whatever ended it, if it was not `stop`. */
const takePart = async (parts: SubscribeParts, subscription: Subscription, { stop, joined }: Bounds): Promise<void> => {
  const failed = new AbortController();
  const over = AbortSignal.any([stop, failed.signal]);
  const fail = (error: unknown): void => failed.abort(error);
  const { cluster, reader, logger, heartbeatMs, presence } = parts;
  const { group } = subscription;
  const [topic] = subscription.topics;
  if (presence !== undefined && topic !== undefined) {
    await Promise.race([leaveForAbsent({ cluster, presence, logger, group, topic }), aborted(stop)]);
  }

  const client = clientOf(parts, (entry) => {
    const reset = offsetReset(entry);
    const assigned = reset && assignment.partition(reset.topic, reset.partition);
    if (assigned) void assignment.check(assigned);
  });
  const consumer = makeConsumer(client, parts, group);
  const seek = (topic: string, partition: number, offset: bigint): void =>
    consumer.seek({ topic, partition, offset: String(offset) });
  const assignment = openAssignment({ subscription, reader, logger, seek, fail, over });
  const published = publishOffsets(consumer, logger);
  let memberId: string | undefined;
  consumer.on('consumer.group_join', ({ payload }) => {
    joined();
    ({ memberId } = payload);
    assignment.given(payload.memberAssignment);
  });
  // kafkajs never restarts by itself here, so what crashed has stopped for good and the subscription has to fail.
  consumer.on('consumer.crash', ({ payload }) => fail(payload.error));
  consumer.on('consumer.network.request_timeout', ({ payload }) => {
    noteSilent(payload.broker);
    fail(new TransientFailure('silent', `${payload.broker} does not answer (${payload.apiName})`));
    client.sockets.destroy();
  });

  const eachBatch = handOver({
    ...{ subscription, assignment, reader, heartbeatMs, seek, fail, over, logger },
    handled: published.note,
  });
  const running = run(consumer, parts, subscription.topics, eachBatch);
  running.catch(fail);
  await aborted(over);
  await assignment.idle();
  // A broker that went away would be asked for long, and what is committed is only for lag monitors.
  if (!failed.signal.aborted) await published.flush();
  await leave(client, consumer, running);
  assignment.end();
  if (!failed.signal.aborted) return;
  cluster.renew();
  if (memberId !== undefined && topic !== undefined) {
    await Promise.race([takeLeave(cluster, logger, { group, memberId, topic }), aborted(stop)]);
    // Leaders may have moved while that was waited for.
    cluster.renew();
  }
  throw failed.signal.reason;
};

/**
 * kafkajs asks a broker that was silent once again and again, and asks it, too, who leads instead, as long as it is
 * connected to no other: a process that is frozen stays connected. So the first request that nobody answers ends the
 * membership, and the next one begins with another broker. It is given as long as the group gives a member.
 */
const clientOf = ({ connection, sessionTimeoutMs }: SubscribeParts, seen: (entry: LogEntry) => void): Client => {
  const requestTimeoutMs = Math.min(connection.requestTimeoutMs ?? requestTimeoutUsualMs, sessionTimeoutMs);
  return makeClient({ ...connection, requestTimeoutMs }, retries, seen);
};

const makeConsumer = ({ kafka }: Client, parts: SubscribeParts, groupId: string): Consumer =>
  kafka.consumer({
    groupId,
    ...(parts.presence && { partitionAssigners: [markedAssigner(parts.presence.mark)] }),
    allowAutoTopicCreation: false,
    sessionTimeout: parts.sessionTimeoutMs,
    rebalanceTimeout: parts.rebalanceTimeoutMs,
    heartbeatInterval: parts.heartbeatMs,
    minBytes: 1,
    maxBytes: parts.maxBytes,
    maxBytesPerPartition: parts.maxBytesPerPartition,
    maxWaitTimeInMs: leastWaitMs,
    readUncommitted: false,
    retry: { ...retryOf(retries), restartOnFailure: async () => false },
  });

const run = async (
  consumer: Consumer,
  parts: SubscribeParts,
  topics: readonly string[],
  eachBatch: ReturnType<typeof handOver>,
): Promise<void> => {
  await consumer.connect();
  // Where kafkajs begins without an offset or with one that is gone. The other choice, the end, skips what is there.
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: parts.partitionsConcurrently,
    eachBatch,
  });
};

/** Afterwards nothing is handed over any more and no connection is open, wherever joining had got to. */
const leave = ({ sockets }: Client, consumer: Consumer, running: Promise<void>): Promise<void> =>
  endClient(sockets, async () => {
    await consumer.disconnect().catch(() => undefined);
    // A join that was under way is broken off by that, and may have connected again.
    await running.catch(() => undefined);
    await consumer.disconnect();
  });

/** kafkajs' only word on a fetch whose offset the log does not have: it goes on from the beginning, saying this. */
const offsetReset = ({ log }: LogEntry): { readonly topic: string; readonly partition: number } | undefined => {
  if (log.message !== 'Offset out of range, resetting to default offset') return undefined;
  const { topic, partition } = log;
  return typeof topic === 'string' && typeof partition === 'number' ? { topic, partition } : undefined;
};
