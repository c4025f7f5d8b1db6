/**
 * The parts of kafkajs 2.2.4 that it does not export and the range reader is built on. Its consumer can only read as a
 * member of a group; replay and audit read a range and must leave no trace. The version is pinned exactly, and
 * `range-reader.kafka.test.ts` holds this to what it does against a real broker.
 */
import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import {
  type Connection,
  connectionTimeoutMs,
  forward,
  inTurn,
  requestTimeoutUsualMs,
  retryOf,
} from '../client/client.ts';
import { openSockets, type Sockets } from '../client/sockets.ts';
import { carryFetchesOf } from '../fetch/fetch-patch.ts';

type FetchRequest = {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
};

type FetchResponse = {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly object[] }[] }[];
};

export type DescribedMember = { readonly memberId: string; readonly memberMetadata: Buffer };

export type InternalBroker = {
  readonly nodeId: number;
  fetch(request: FetchRequest): Promise<FetchResponse>;
  /** @throws with the type `UNKNOWN_MEMBER_ID` when the group knows of no such member. */
  leaveGroup(member: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  describeGroups(asked: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly { readonly members: readonly DescribedMember[] }[];
  }>;
};

export type InternalCluster = {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  /** Partitions by the id of their leader. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(broker: { readonly nodeId: string }): Promise<InternalBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<InternalBroker>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning?: boolean;
      readonly fromTimestamp?: number;
    }[],
  ): Promise<readonly { readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]>;
};

/** Only what is committed, and no further than the first transaction that is still open. */
export const readCommitted = 1;

const require = createRequire(import.meta.url);

// None of these modules has types; the shapes above are those of the pinned version.
const Cluster = require('kafkajs/src/cluster') as new (options: object) => InternalCluster;
const { createLogger } = require('kafkajs/src/loggers') as { createLogger: (options: object) => unknown };

/** It is disconnected by `endClient`. */
export const makeCluster = (
  connection: Connection,
): { readonly cluster: InternalCluster; readonly sockets: Sockets } => {
  const { brokers, clientId, ssl, sasl, logger, requestTimeoutMs = requestTimeoutUsualMs } = connection;
  const sockets = openSockets(connection.socketFactory);
  carryFetchesOf(sockets.factory);
  const cluster = new Cluster({
    logger: createLogger({
      level: kafkajs.logLevel.INFO,
      logCreator: () => (entry: Parameters<typeof forward>[1]) => {
        if (logger && !sockets.destroyed()) forward(logger, entry);
      },
    }),
    socketFactory: sockets.factory,
    brokers: inTurn(brokers),
    ssl,
    sasl,
    clientId,
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    metadataMaxAge: 60_000,
    retry: retryOf(2),
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: readCommitted,
    offsets: new Map(),
  });
  return { cluster, sockets };
};
