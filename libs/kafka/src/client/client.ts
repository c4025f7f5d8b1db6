/** Makes all kafkajs clients: patched, quiet, and with everything said that kafkajs would guess. */
import type { Logger } from '@plenum/runtime';
import kafkajs, { type Admin, type ISocketFactory, type Kafka, type KafkaConfig, type LogEntry } from 'kafkajs';
import { registerCodecs } from '../batch/codecs.ts';
import { carryFetchesOf } from '../fetch/fetch-patch.ts';
import { patchConnection } from './connection-patch.ts';
import { patchRequestQueue } from './request-queue-patch.ts';
import { endClient, openSockets, type Sockets } from './sockets.ts';

patchConnection();
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

/** The settings of every retry of kafkajs: it has defaults, but they differ from call to call. */
export const retryOf = (retries: number) => ({
  retries,
  initialRetryTime: 100,
  maxRetryTime: 500,
  factor: 0.2,
  multiplier: 2,
});

/** What a client is made of. It is disconnected by `endClient`. */
export type Client = { readonly kafka: Kafka; readonly sockets: Sockets };

export const makeClient = (connection: Connection, retries: number, seen?: (entry: LogEntry) => void): Client => {
  const { brokers, clientId, ssl, sasl, logger, requestTimeoutMs = requestTimeoutUsualMs } = connection;
  const sockets = openSockets(connection.socketFactory);
  carryFetchesOf(sockets.factory);
  const kafka = new kafkajs.Kafka({
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
      // What it says of a client that was ended is what ending it meant.
      if (logger && !sockets.destroyed()) forward(logger, entry);
    },
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
    socketFactory: sockets.factory,
  });
  return { kafka, sockets };
};

let clients = 0;
/** Brokers that did not answer, and until when they are asked last. */
const silentUntilMs = new Map<string, number>();
const silentMs = 15_000;

/**
 * A new client asks the first broker it is given for all others, and gives up when that one is silent (a frozen process
 * takes connections and never answers). Every client begins with another one, and with none that was silent just now, so
 * those who replace a client that failed get round it.
 */
export const inTurn = (brokers: readonly string[]): string[] => {
  const first = clients % Math.max(1, brokers.length);
  clients += 1;
  const turned = [...brokers.slice(first), ...brokers.slice(0, first)];
  const isSilent = (broker: string): boolean => (silentUntilMs.get(broker) ?? 0) > performance.now();
  return [...turned.filter((broker) => !isSilent(broker)), ...turned.filter(isSilent)];
};

/** @param broker as kafkajs says whom it asked, which is also how most settings name it. */
export const noteSilent = (broker: string): void => {
  silentUntilMs.set(broker, performance.now() + silentMs);
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
  const { kafka, sockets } = makeClient(connection, retries);
  const admin = kafka.admin();
  const disconnect = (): Promise<void> => endClient(sockets, () => admin.disconnect());
  try {
    await admin.connect();
    return { ...admin, disconnect };
  } catch (error) {
    await disconnect();
    throw error;
  }
};
