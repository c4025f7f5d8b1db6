/**
 * The `listen` door: devices connect to Plenum itself (MQTT 3.1.1 over TCP, TLS and WebSocket), and a PUBACK or PUBREC
 * means that the event is in the log. It is a broker of its own: subscribers see what is published at it, and what it
 * keeps for them (retained messages, sessions) is in memory and gone when it restarts. The log is not.
 */
import type { Clock, Ingest, Logger } from '@plenum/runtime';
import { type Authenticate, aedesDoor, type DoorCounts } from './broker/aedes-door.ts';
import { type DoorLimits, defaultDoorLimits } from './broker/door-limits.ts';
import {
  type Endpoint,
  type Listener,
  listenTcp,
  listenTls,
  listenWebSocket,
  type TlsEndpoint,
  type WebSocketEndpoint,
  type WhenPortTaken,
} from './listeners.ts';

export type ListenDoorParts = {
  readonly tcp?: Endpoint;
  readonly tls?: TlsEndpoint;
  readonly webSocket?: WebSocketEndpoint;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<DoorLimits>;
  /** `fail` unless said otherwise. */
  readonly whenPortTaken?: WhenPortTaken;
  /** Everybody may connect when it is left out. */
  readonly authenticate?: Authenticate;
};

export type ListenDoor = {
  /** Where it actually listens. */
  readonly tcp: Endpoint | undefined;
  readonly tls: Endpoint | undefined;
  readonly webSocket: Endpoint | undefined;
  counts(): DoorCounts;
  /**
   * Takes no new connection and reads nothing more; finishes and acknowledges what arrived, as long as
   * `drainTimeoutMs` allows; closes every connection. Ends the ingest loop with it.
   */
  close(): Promise<void>;
  /** Rejects when the broker fails as a whole. */
  readonly failed: Promise<never>;
};

/** Opens the door. @throws when an endpoint cannot be bound; nothing is left open then. */
export const listenDoor = async (parts: ListenDoorParts): Promise<ListenDoor> => {
  const { ingest, clock, logger, authenticate = everybody, whenPortTaken = 'fail' } = parts;
  const limits = { ...defaultDoorLimits, ...parts.limits };
  const door = await aedesDoor({ ingest, clock, logger, limits, authenticate });
  const listeners: Listener[] = [];
  const opened = async (listener: Promise<Listener>): Promise<Endpoint> => {
    const open = await listener;
    listeners.push(open);
    return { host: open.host, port: open.port };
  };
  const accepting = { whenPortTaken, accept: door.handle, connectionsMax: limits.connectionsMax, logger };
  const close = async (): Promise<void> => {
    const giveUp = AbortSignal.timeout(limits.drainTimeoutMs);
    for (const listener of listeners) listener.stop();
    await door.quiesce(giveUp);
    await ingest.drain(giveUp);
    await endOfTurn(); // Aedes writes acknowledgements at the end of the turn they were given in.
    await door.close();
    await Promise.all(listeners.map(({ closed }) => closed));
  };
  try {
    const { tcp, tls, webSocket } = parts;
    const messageBytesMax = limits.packetBytesMax * webSocketMessagePackets;
    return {
      tcp: tcp && (await opened(listenTcp(tcp, accepting))),
      tls: tls && (await opened(listenTls(tls, accepting))),
      webSocket: webSocket && (await opened(listenWebSocket(webSocket, { ...accepting, messageBytesMax }))),
      counts: door.counts,
      close,
      failed: door.failed,
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
