/** Where messages come from: the MQTT listener or the MQTT connector, as the settings say. */
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@plenum/config';
import {
  brokerUrl,
  type ClientWatch,
  type DialTls,
  type ListenerCounts,
  mqttConnector,
  mqttListener,
  type TlsEndpoint,
  type WhenPortTaken,
} from '@plenum/mqtt';
import type { Clock, Ingest, Leases, Logger, SessionStore } from '@plenum/runtime';
import type { Bridge, BridgeConfig, BridgeParts } from './bridge.ts';

export type MqttSourceParts = {
  readonly config: BridgeConfig;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly whenPortTaken: WhenPortTaken;
  readonly leases: Leases | undefined;
  readonly sessions: SessionStore | undefined;
  readonly newId: (timeUs: number) => string;
  readonly adopted: (clientIds: readonly string[]) => void;
  readonly onSession: BridgeParts['onSession'];
};

export type MqttSource = Pick<Bridge, 'tcp' | 'tls' | 'webSocket' | 'counts' | 'broker' | 'devices'> & {
  /** Who is connected, where devices connect to the bridge itself. */
  readonly clients: ClientWatch | undefined;
  /** Ends the ingest loop with it. */
  close(): Promise<void>;
  readonly failed: Promise<never>;
};

/** @throws {ConfigError} when the settings do not fit together. @throws when a port cannot be had. */
export const openMqttSource = (parts: MqttSourceParts): Promise<MqttSource> =>
  parts.config.MQTT_MODE === 'connect' ? openConnector(parts) : openListener(parts);

const openListener = async (parts: MqttSourceParts): Promise<MqttSource> => {
  const { config, ingest, clock, logger, whenPortTaken, sessions, newId, adopted } = parts;
  if (sessions === undefined) throw new Error('the MQTT listener was given no store of sessions');
  const host = hostOf(parts);
  const tls = await tlsOf(parts, host);
  const listener = await mqttListener({
    tcp: { host, port: config.MQTT_PORT },
    webSocket: { host, port: config.MQTT_WS_PORT, origins: config.MQTT_WS_ORIGINS ?? [] },
    ...(tls === undefined ? {} : { tls }),
    ...{ ingest, sessions, clock, newId, logger, whenPortTaken, adopted },
    limits: {
      packetBytesMax: config.MQTT_MAX_PACKET,
      holdMsMax: config.MQTT_HOLD_MAX,
      connectionsMax: config.MQTT_CONNECTIONS_MAX,
      keepAliveMaxS: config.MQTT_KEEPALIVE_MAX,
      sessionExpiryMs: config.MQTT_SESSION_EXPIRY,
      sessionsMax: config.MQTT_SESSIONS_MAX,
      drainTimeoutMs: config.BRIDGE_DRAIN_TIMEOUT,
    },
  });
  logger.info(
    { tcp: listener.tcp, webSocket: listener.webSocket, tls: listener.tls, replica: sessions.owner },
    'the bridge takes MQTT connections',
  );
  return { ...listener, devices: listener, broker: undefined, failed: nothingFails };
};

/** What goes wrong with one connection is its own affair. */
const nothingFails = new Promise<never>(() => undefined);

const openConnector = async (parts: MqttSourceParts): Promise<MqttSource> => {
  const { config, ingest, clock, logger, leases, onSession } = parts;
  const { MQTT_CLIENT_ID: clientId, MQTT_USERNAME: username, MQTT_PASSWORD: password } = config;
  if (leases === undefined) throw new Error('the MQTT connector was given no leases');
  const connector = mqttConnector({
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
    ...{ tcp: undefined, tls: undefined, webSocket: undefined, clients: undefined },
    counts: () => ({ ...noDevices, connections: connector.state() === 'open' ? 1 : 0 }),
    broker: () => ({ ...connector.counts(), state: connector.state() }),
    devices: connector,
    close: connector.close,
    failed: connector.failed,
  };
};

/** Devices connect to the broker; what becomes of their connections is its own affair. */
const noDevices: ListenerCounts = {
  connections: 0,
  sessions: 0,
  clientErrors: 0,
  refusedWhileAway: 0,
  refusedSubscriptions: 0,
  notDelivered: 0,
  retainedBytes: 0,
  notRetained: 0,
  notQueued: 0,
};

const urlOf = ({ config: { MQTT_URL: url } }: MqttSourceParts): string => {
  if (url === undefined) {
    throw new ConfigError([{ name: 'MQTT_URL', problem: 'is missing: MQTT_MODE=connect needs it.' }]);
  }
  try {
    return brokerUrl(url).href;
  } catch (error) {
    throw new ConfigError([{ name: 'MQTT_URL', problem: `${(error as Error).message}.` }]);
  }
};

const clientTlsOf = async ({
  config: { MQTT_CA: ca, MQTT_CERT: cert, MQTT_KEY: key },
}: MqttSourceParts): Promise<DialTls> => {
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

const tlsOf = async ({ config }: MqttSourceParts, host: string): Promise<TlsEndpoint | undefined> => {
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

/** No client has to prove who it is yet, so only this machine is let in, unless ALLOW_UNAUTHENTICATED is set. */
const hostOf = ({ config, logger }: MqttSourceParts): string => {
  const { MQTT_HOST: asked, ALLOW_UNAUTHENTICATED: open } = config;
  if (isLoopback(asked)) return asked;
  if (open) {
    logger.warn({ host: asked }, 'MQTT is open to everybody who reaches it: ALLOW_UNAUTHENTICATED');
    return asked;
  }
  logger.warn(
    { asked, host: loopback },
    'MQTT listens on this machine only, since no client has to prove who it is; ALLOW_UNAUTHENTICATED=true opens it',
  );
  return loopback;
};
