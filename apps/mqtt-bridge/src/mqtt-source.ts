/** Where messages come from: the MQTT listener or the MQTT connector, as the settings say. */
import { brokerTls, pemFile } from '@plenum/assembly';
import { ConfigError } from '@plenum/config';
import {
  brokerUrl,
  type ClientWatch,
  type ListenerCounts,
  mqttConnector,
  mqttListener,
  type TlsEndpoint,
  type WhenPortTaken,
} from '@plenum/mqtt';
import type { Clock, Ingest, Leases, Logger, SessionStore } from '@plenum/runtime';
import type { Bridge, BridgeConfig, BridgeParts } from './bridge.ts';
import { isAnonymous, listenerAccess } from './listener-access.ts';
import type { RefusedClient } from './refused-client.ts';

export type MqttSourceParts = {
  readonly config: BridgeConfig;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly whenPortTaken: WhenPortTaken;
  readonly leases: Leases | undefined;
  readonly sessions: SessionStore | undefined;
  readonly nodes: BridgeParts['nodes'];
  /** Called for every client that does not sign in as a node, let in or not. */
  readonly onRefused?: (refused: RefusedClient) => void;
  readonly newId: (timeUs: number) => string;
  readonly adopted: (clientIds: readonly string[]) => void;
  readonly onSession: BridgeParts['onSession'];
};

export type MqttSource = Pick<Bridge, 'tcp' | 'tls' | 'webSocket' | 'counts' | 'access' | 'broker' | 'devices'> & {
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
  const { MQTT_HOST: host } = config;
  const tls = await tlsOf(parts, host);
  await using opened = new AsyncDisposableStack();
  const guard = listenerAccess(parts);
  opened.defer(guard.close);
  const listener = await mqttListener({
    ...(guard.access && { access: guard.access }),
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
    {
      ...{ tcp: listener.tcp, webSocket: listener.webSocket, tls: listener.tls, replica: sessions.owner },
      anonymous: isAnonymous(config),
    },
    'the bridge takes MQTT connections',
  );
  const checks = opened.move();
  const close = async (): Promise<void> => {
    await listener.close();
    await checks.disposeAsync();
  };
  return { ...listener, devices: listener, access: guard.counts, broker: undefined, failed: nothingFails, close };
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
    tls: await brokerTls(config),
    filters: config.MQTT_FILTERS,
    ...{ ingest, leases, clock, logger },
    ...(onSession !== undefined && { onState: onSession }),
    limits: { packetBytesMax: config.MQTT_MAX_PACKET, drainTimeoutMs: config.BRIDGE_DRAIN_TIMEOUT },
  });
  return {
    ...{ tcp: undefined, tls: undefined, webSocket: undefined, clients: undefined, access: undefined },
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
  deniedPublishes: 0,
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

const tlsOf = async ({ config }: MqttSourceParts, host: string): Promise<TlsEndpoint | undefined> => {
  const { MQTT_TLS_CERT: cert, MQTT_TLS_KEY: key, MQTT_TLS_CA: ca, MQTT_TLS_PORT: port } = config;
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const name = cert === undefined ? 'MQTT_TLS_CERT' : 'MQTT_TLS_KEY';
    throw new ConfigError([{ name, problem: 'is missing: a certificate and its key are only of use together.' }]);
  }
  const authorities = ca === undefined ? {} : { ca: await pemFile('MQTT_TLS_CA', ca) };
  return {
    host,
    port,
    cert: await pemFile('MQTT_TLS_CERT', cert),
    key: await pemFile('MQTT_TLS_KEY', key),
    ...authorities,
  };
};
