/** The bridge: what devices publish goes to the log, and only then do they hear so. */
import { readFile } from 'node:fs/promises';
import { type Config, ConfigError } from '@plenum/config';
import { type DoorCounts, type Endpoint, listenDoor, type TlsEndpoint, type WhenPortTaken } from '@plenum/mqtt';
import {
  type Clock,
  type EventCodec,
  type IngestLimits,
  type IngestLoad,
  type IngestSums,
  ingest,
  type Log,
  type Logger,
} from '@plenum/runtime';
import { ceilingMeaning } from './ceiling-meaning.ts';
import type { bridgeSettings } from './config.ts';
import { idsInOrder } from './new-id.ts';
import { zoneOffset } from './zone-offset.ts';

export type BridgeConfig = Config<typeof bridgeSettings> & { readonly ALLOW_UNAUTHENTICATED: boolean };

export type BridgeParts = {
  readonly config: BridgeConfig;
  readonly log: Pick<Log, 'append'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly logger: Logger;
  /** The wall clock in whole milliseconds unless said otherwise. */
  readonly clock?: Clock;
  /** Told once the bridge takes connections; what it is given stays readable, also after the end. */
  readonly onListening?: (bridge: Bridge) => void;
  /** What to do when a port is taken; `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
};

/** A running bridge, for whoever shows its figures. */
export type Bridge = {
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  sums(): IngestSums;
  load(): IngestLoad;
  counts(): DoorCounts;
  /** `away`: the log does not take events at the moment, and nobody new is let in. */
  state(): 'flowing' | 'away';
};

/**
 * Settles when `stop` aborts and what had arrived is in the log and acknowledged, as far as BRIDGE_DRAIN_TIMEOUT
 * allows. The log stays open.
 * @throws {ConfigError} when the TLS settings do not fit together.
 * @throws when a port cannot be had, or when something fails that waiting does not cure.
 */
export const runBridge = async (parts: BridgeParts, stop: AbortSignal): Promise<void> => {
  const { config, log, codec, logger, clock = wallClock, whenPortTaken = 'fail' } = parts;
  const host = hostOf(parts);
  const tls = await tlsOf(config, host);
  const meaning = ceilingMeaning({ zone: zoneOffset(config.DEVICE_TIME_ZONE), newId: idsInOrder(), clock });
  const loop = ingest({ log, codec, meaning, logger, limits: limitsOf(config) });
  const door = await listenDoor({
    tcp: { host, port: config.MQTT_PORT },
    webSocket: { host, port: config.MQTT_WS_PORT, origins: config.MQTT_WS_ORIGINS ?? [] },
    ...(tls === undefined ? {} : { tls }),
    ingest: loop,
    clock,
    logger,
    whenPortTaken,
    limits: {
      packetBytesMax: config.MQTT_MAX_PACKET,
      holdMsMax: config.MQTT_HOLD_MAX,
      connectionsMax: config.MQTT_CONNECTIONS_MAX,
      drainTimeoutMs: config.BRIDGE_DRAIN_TIMEOUT,
    },
  });
  try {
    const { tcp, webSocket } = door;
    logger.info({ tcp, webSocket, tls: door.tls }, 'the bridge takes MQTT connections');
    const { sums, load, state } = loop;
    parts.onListening?.({ tcp, tls: door.tls, webSocket, sums, load, state, counts: door.counts });
    await Promise.race([aborted(stop), loop.finished, door.failed]);
    logger.info({}, 'the bridge takes no more messages and finishes those in hand');
  } finally {
    await door.close();
    logger.info({ sums: loop.sums() }, 'the bridge has stopped');
  }
};

/**
 * When a message was recorded. It follows the machine's clock, also when that is set back: what keeps order is the
 * log's offset, and of facts without a time of their own the later id.
 */
const wallClock: Clock = { nowUs: () => Date.now() * 1000 };

const limitsOf = (config: BridgeConfig): Partial<IngestLimits> => ({
  inHandBytesMax: config.INGEST_MEMORY_MAX,
  batchRecordsMax: config.INGEST_BATCH_MAX,
  lingerMs: config.INGEST_LINGER,
  slowAppendMs: config.MQTT_HOLD_MAX / 2,
  budget: {
    messages: config.QUARANTINE_BURST,
    messagesPerSecond: config.QUARANTINE_PER_SECOND,
    bytes: config.QUARANTINE_BURST_BYTES,
    bytesPerSecond: config.QUARANTINE_BYTES_PER_SECOND,
  },
});

const tlsOf = async (config: BridgeConfig, host: string): Promise<TlsEndpoint | undefined> => {
  const { MQTT_TLS_CERT: cert, MQTT_TLS_KEY: key, MQTT_TLS_CA: ca, MQTT_TLS_PORT: port } = config;
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const name = cert === undefined ? 'MQTT_TLS_CERT' : 'MQTT_TLS_KEY';
    throw new ConfigError([{ name, problem: 'is missing: a certificate and its key are only of use together.' }]);
  }
  const authorities = ca === undefined ? {} : { ca: await pem('MQTT_TLS_CA', ca) };
  return { host, port, cert: await pem('MQTT_TLS_CERT', cert), key: await pem('MQTT_TLS_KEY', key), ...authorities };
};

const pem = async (name: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ name, problem: `names a file that cannot be read: ${(error as Error).message}` }]);
  }
};

const loopback = '127.0.0.1';
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Nobody has to prove who he is yet, so only this machine is let in, unless somebody says that all may be. */
const hostOf = ({ config, logger }: BridgeParts): string => {
  const { MQTT_HOST: asked, ALLOW_UNAUTHENTICATED: open } = config;
  if (isLoopback(asked)) return asked;
  if (open) {
    logger.warn({ host: asked }, 'MQTT is open to everybody who reaches it: ALLOW_UNAUTHENTICATED');
    return asked;
  }
  logger.warn(
    { asked, host: loopback },
    'MQTT listens on this machine only, since nobody has to prove who he is; ALLOW_UNAUTHENTICATED=true opens it',
  );
  return loopback;
};

const aborted = (stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
