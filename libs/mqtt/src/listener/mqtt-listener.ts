/**
 * The MQTT listener: devices connect to Plenum itself (MQTT 3.1.1 over TCP, TLS and WebSocket), and a PUBACK or PUBREC
 * means that the event is in the log. It is a broker of its own: subscribers see what is published at it, and what it
 * keeps for them (retained messages, sessions) is in memory and gone when it restarts. The log is not.
 */
import type { Clock, Ingest, Logger } from '@plenum/runtime';
import { type Authenticate, aedesBroker, type ListenerCounts } from '../broker/aedes-broker.ts';
import { defaultListenerLimits, type ListenerLimits } from '../broker/listener-limits.ts';
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
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<ListenerLimits>;
  /** `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
  /** Everybody may connect when it is left out. */
  readonly authenticate?: Authenticate;
};

export type MqttListener = {
  /** Where it actually listens. */
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  counts(): ListenerCounts;
  /**
   * Takes no new connection and reads nothing more; finishes and acknowledges what arrived, as long as
   * `drainTimeoutMs` allows; closes every connection. Ends the ingest loop with it.
   */
  close(): Promise<void>;
  /** Rejects when the broker fails as a whole. */
  readonly failed: Promise<never>;
};

/** Opens the broker. @throws when an endpoint cannot be bound; nothing is left open then. */
export const mqttListener = async (parts: MqttListenerParts): Promise<MqttListener> => {
  const { ingest, clock, logger, authenticate = everybody, whenPortTaken = 'fail' } = parts;
  const limits = { ...defaultListenerLimits, ...parts.limits };
  const broker = await aedesBroker({ ingest, clock, logger, limits, authenticate });
  const sockets: ServerSocket[] = [];
  const opened = async (socket: Promise<ServerSocket>): Promise<Endpoint> => {
    const open = await socket;
    sockets.push(open);
    return { host: open.host, port: open.port };
  };
  const accepting = { whenPortTaken, accept: broker.handle, connectionsMax: limits.connectionsMax, logger };
  const close = async (): Promise<void> => {
    const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
    for (const socket of sockets) socket.stop();
    await broker.quiesce(giveUp);
    await ingest.drain(giveUp);
    await endOfTurn(); // Aedes writes acknowledgements at the end of the turn they were given in.
    await broker.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  };
  try {
    const { tcp, tls, webSocket } = parts;
    const messageBytesMax = limits.packetBytesMax * webSocketMessagePackets;
    return {
      tcp: tcp && (await opened(listenTcp(tcp, accepting))),
      tls: tls && (await opened(listenTls(tls, accepting))),
      webSocket: webSocket && (await opened(listenWebSocket(webSocket, { ...accepting, messageBytesMax }))),
      counts: broker.counts,
      close,
      failed: broker.failed,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const everybody: Authenticate = () => Promise.resolve(true);

/** A WebSocket message that is larger than this many packets closes its connection (1009) instead of being scanned. */
const webSocketMessagePackets = 16;
