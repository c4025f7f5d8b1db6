/** Which door the bridge opens, from its settings. */
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@plenum/config';
import {
  brokerUrl,
  connectDoor,
  type DialTls,
  type DoorCounts,
  listenDoor,
  type TlsEndpoint,
  type WhenPortTaken,
} from '@plenum/mqtt';
import type { Clock, Ingest, Leases, Logger } from '@plenum/runtime';
import type { Bridge, BridgeConfig, BridgeParts } from './run.ts';

export type DoorParts = {
  readonly config: BridgeConfig;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly whenPortTaken: WhenPortTaken;
  readonly leases: Leases | undefined;
  readonly onSession: BridgeParts['onSession'];
};

export type Door = Pick<Bridge, 'tcp' | 'tls' | 'webSocket' | 'counts' | 'broker'> & {
  /** Ends the ingest loop with it. */
  close(): Promise<void>;
  readonly failed: Promise<never>;
};

/** @throws {ConfigError} when the settings do not fit together. @throws when a port cannot be had. */
export const openDoor = (parts: DoorParts): Promise<Door> =>
  parts.config.DOOR === 'connect' ? openConnect(parts) : openListen(parts);

const openListen = async (parts: DoorParts): Promise<Door> => {
  const { config, ingest, clock, logger, whenPortTaken } = parts;
  const host = hostOf(parts);
  const tls = await tlsOf(parts, host);
  const door = await listenDoor({
    tcp: { host, port: config.MQTT_PORT },
    webSocket: { host, port: config.MQTT_WS_PORT, origins: config.MQTT_WS_ORIGINS ?? [] },
    ...(tls === undefined ? {} : { tls }),
    ...{ ingest, clock, logger, whenPortTaken },
    limits: {
      packetBytesMax: config.MQTT_MAX_PACKET,
      holdMsMax: config.MQTT_HOLD_MAX,
      connectionsMax: config.MQTT_CONNECTIONS_MAX,
      drainTimeoutMs: config.BRIDGE_DRAIN_TIMEOUT,
    },
  });
  logger.info({ tcp: door.tcp, webSocket: door.webSocket, tls: door.tls }, 'the bridge takes MQTT connections');
  return { ...door, broker: undefined };
};

const openConnect = async (parts: DoorParts): Promise<Door> => {
  const { config, ingest, clock, logger, leases, onSession } = parts;
  const { MQTT_CLIENT_ID: clientId, MQTT_USERNAME: username, MQTT_PASSWORD: password } = config;
  if (leases === undefined) throw new Error('the connect door was given no leases');
  const door = connectDoor({
    url: urlOf(parts),
    clientId,
    ...(username === undefined ? {} : { credentials: { username, password } }),
    tls: await clientTlsOf(parts),
    filters: config.MQTT_FILTERS,
    ...{ ingest, leases, clock, logger },
    ...(onSession !== undefined && { onState: onSession }),
    limits: { packetBytesMax: config.MQTT_MAX_PACKET, drainTimeoutMs: config.BRIDGE_DRAIN_TIMEOUT },
  });
  return {
    ...{ tcp: undefined, tls: undefined, webSocket: undefined },
    counts: () => ({ ...noDevices, connections: door.state() === 'open' ? 1 : 0 }),
    broker: () => ({ ...door.counts(), state: door.state() }),
    close: door.close,
    failed: door.failed,
  };
};

/** Devices connect to the broker; what becomes of their connections is its to tell. */
const noDevices: DoorCounts = {
  connections: 0,
  clientErrors: 0,
  refusedWhileAway: 0,
  refusedSubscriptions: 0,
  notDelivered: 0,
  retainedBytes: 0,
  notRetained: 0,
  notQueued: 0,
};

const urlOf = ({ config: { MQTT_URL: url } }: DoorParts): string => {
  if (url === undefined) throw new ConfigError([{ name: 'MQTT_URL', problem: 'is missing: DOOR=connect needs it.' }]);
  try {
    return brokerUrl(url).href;
  } catch (error) {
    throw new ConfigError([{ name: 'MQTT_URL', problem: `${(error as Error).message}.` }]);
  }
};

const clientTlsOf = async ({
  config: { MQTT_CA: ca, MQTT_CERT: cert, MQTT_KEY: key },
}: DoorParts): Promise<DialTls> => {
  if ((cert === undefined) !== (key === undefined)) {
    const name = cert === undefined ? 'MQTT_CERT' : 'MQTT_KEY';
    throw new ConfigError([{ name, problem: 'is missing: a certificate and its key are only of use together.' }]);
  }
  return {
    ...(ca === undefined ? {} : { ca: await pem('MQTT_CA', ca) }),
    ...(cert === undefined ? {} : { cert: await pem('MQTT_CERT', cert) }),
    ...(key === undefined ? {} : { key: await pem('MQTT_KEY', key) }),
  };
};

const tlsOf = async ({ config }: DoorParts, host: string): Promise<TlsEndpoint | undefined> => {
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
const hostOf = ({ config, logger }: DoorParts): string => {
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
