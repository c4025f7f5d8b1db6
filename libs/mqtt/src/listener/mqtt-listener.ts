/**
 * The MQTT listener: devices connect to Plenum itself (MQTT 3.1, 3.1.1 and 5 over TCP, TLS and WebSocket), and a PUBACK or PUBREC
 * means that the event is in the log. It is a server of its own: subscribers see what is published at it. What it keeps for
 * them (sessions, retained messages) is in a store that other listeners share.
 */
import type { Clock, DeviceMessages, Ingest, Logger, SessionStore } from '@plenum/runtime';
import { type Access, openAccess } from '../server/access.ts';
import type { ClientWatch } from '../server/client-watch.ts';
import { defaultListenerLimits, type ListenerLimits } from '../server/limits.ts';
import { type ListenerCounts, mqttServer } from '../server/mqtt-server.ts';
import {
  type Endpoint,
  listenTcp,
  listenTls,
  listenWebSocket,
  type ServerSocket,
  type TlsEndpoint,
  type WebSocketEndpoint,
  type WhenPortTaken,
} from './server-sockets.ts';

export type MqttListenerParts = {
  readonly tcp?: Endpoint;
  readonly tls?: TlsEndpoint;
  readonly webSocket?: WebSocketEndpoint;
  readonly ingest: Ingest;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  /** A UUIDv7 for an event that neither names itself nor says when it was. */
  readonly newId: (timeUs: number) => string;
  readonly logger: Logger;
  readonly limits?: Partial<ListenerLimits>;
  /** `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
  /** Everybody may do everything when it is left out. */
  readonly access?: Access;
  /** Clients whose server is gone, and whose sessions are here now. */
  readonly adopted?: (clientIds: readonly string[]) => void;
};

export type MqttListener = DeviceMessages & {
  /** Where it actually listens. */
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  readonly clients: ClientWatch;
  counts(): ListenerCounts;
  /**
   * Takes no new connection and reads nothing more; finishes and acknowledges what arrived, as long as
   * `drainTimeoutMs` allows; closes every connection. Ends the ingest loop with it, and closes the store of sessions.
   */
  close(): Promise<void>;
};

/**
 * Takes up sessions and retained messages, and opens the endpoints.
 * @throws when an endpoint cannot be bound; nothing is left open then. @throws TransientFailure when the store is away.
 */
export const mqttListener = async (parts: MqttListenerParts): Promise<MqttListener> => {
  const { ingest, sessions: store, clock, newId, logger, access = openAccess, whenPortTaken = 'fail' } = parts;
  const { adopted = () => undefined } = parts;
  const limits = { ...defaultListenerLimits, ...parts.limits };
  const server = await mqttServer({ ingest, store, clock, newId, logger, limits, access, adopted });
  const sockets: ServerSocket[] = [];
  const opened = async (socket: Promise<ServerSocket>): Promise<Endpoint> => {
    const open = await socket;
    sockets.push(open);
    return { host: open.host, port: open.port };
  };
  const accepting = { whenPortTaken, accept: server.handle, connectionsMax: limits.connectionsMax, logger };
  const close = async (): Promise<void> => {
    const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
    for (const socket of sockets) socket.stop();
    await server.quiesce(giveUp);
    await ingest.drain(giveUp);
    await server.answered(giveUp);
    await server.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  };
  try {
    const { tcp, tls, webSocket } = parts;
    const messageBytesMax = limits.packetBytesMax * webSocketMessagePackets;
    return {
      tcp: tcp && (await opened(listenTcp(tcp, accepting))),
      tls: tls && (await opened(listenTls(tls, accepting))),
      webSocket: webSocket && (await opened(listenWebSocket(webSocket, { ...accepting, messageBytesMax }))),
      clients: server,
      ...{ publish: server.publish, retain: server.retain, retainedOn: server.retainedOn },
      counts: server.counts,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** A WebSocket message that is larger than this many packets closes its connection (1009) instead of being scanned. */
const webSocketMessagePackets = 16;
