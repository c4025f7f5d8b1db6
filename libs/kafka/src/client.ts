/** The one place that makes kafkajs clients: patched, quiet, and with everything said that kafkajs would guess. */
import type { Logger } from '@plenum/runtime';
import kafkajs, { type Admin, type ISocketFactory, type Kafka, type KafkaConfig, type LogEntry } from 'kafkajs';
import { registerCodecs } from './codecs.ts';
import { patchRequestQueue } from './request-queue-patch.ts';

patchRequestQueue();
registerCodecs();

/** How to reach a cluster. `ssl` and `sasl` are handed on to kafkajs as they are. */
export type Connection = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  readonly logger?: Logger;
  /** How long a broker may take to answer before it counts as away. */
  readonly requestTimeoutMs?: number;
  /** How connections are made, for proxies and for tests that cut them. */
  readonly socketFactory?: ISocketFactory;
};

export const requestTimeoutUsualMs = 10_000;
export const connectionTimeoutMs = 3_000;

/** What every retry of kafkajs is given: it has defaults, but they differ from place to place. */
export const retryOf = (retries: number) => ({
  retries,
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
});

export const makeClient = (connection: Connection, retries: number, seen?: (entry: LogEntry) => void): Kafka => {
  const { brokers, clientId, ssl, sasl, logger, requestTimeoutMs = requestTimeoutUsualMs, socketFactory } = connection;
  return new kafkajs.Kafka({
    brokers: inTurn(brokers),
    clientId,
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: retryOf(retries),
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => {
      seen?.(entry);
      if (logger) forward(logger, entry);
    },
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
    ...(socketFactory !== undefined && { socketFactory }),
  });
};

let clients = 0;

/**
 * A new client asks the first broker it is given for all others, and gives up when that one is silent (a frozen process
 * takes connections and never answers). Every client begins with another one, so whoever replaces a client that failed
 * gets round it.
 */
const inTurn = (brokers: readonly string[]): string[] => {
  const first = clients % Math.max(1, brokers.length);
  clients += 1;
  return [...brokers.slice(first), ...brokers.slice(0, first)];
};

/** What kafkajs calls an error it mostly tries again by itself; what we cannot go on from is thrown. */
export const forward = (
  logger: Logger,
  { namespace, level, log: { message, timestamp: _, ...fields } }: LogEntry,
): void => {
  const text = `kafkajs ${namespace}: ${message}`;
  if (level === kafkajs.logLevel.ERROR) logger.warn(fields, text);
  else logger.debug(fields, text);
};

/** A connected admin client. The caller disconnects it. */
export const connectAdmin = async ({
  retries,
  ...connection
}: Connection & { readonly retries: number }): Promise<Admin> => {
  const admin = makeClient(connection, retries).admin();
  try {
    await admin.connect();
    return admin;
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
};
