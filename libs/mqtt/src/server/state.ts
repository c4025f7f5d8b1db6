/** What the server knows of its connections and sessions. Every other file here is functions over these. */
import type { Duplex } from 'node:stream';
import type { Clock, Delivery, Ingest, Logger, SessionRef, SessionStore, SubscriptionOptions } from '@plenum/runtime';
import type { PacketReader } from '../codec/packet-reader.ts';
import type { Level, OutgoingMessage, Qos } from '../codec/packets.ts';
import type { KeptArrivals } from '../redelivery/kept-arrivals.ts';
import type { Access, ClientCertificate, Rights } from './access.ts';
import type { ClientChange, ConnectedClient } from './client-watch.ts';
import type { ListenerLimits } from './limits.ts';
import type { Flusher, OutgoingBytes } from './outgoing-bytes.ts';
import type { RetainedMessages } from './retained-messages.ts';
import type { SubscriptionTree } from './subscription-tree.ts';

export type Server = {
  readonly ingest: Ingest;
  readonly store: SessionStore;
  readonly access: Access;
  readonly clock: Clock;
  /** Of events that neither name themselves nor say when they were. */
  readonly newId: (timeUs: number) => string;
  readonly logger: Logger;
  readonly limits: ListenerLimits;
  readonly flusher: Flusher;
  readonly connections: Map<Duplex, Connection>;
  /** Of clients that are connected here, and of those that are away and were here last. */
  readonly sessions: Map<string, Session>;
  /** CONNECTs of a client are dealt with one after another. */
  readonly taking: Map<string, Promise<void>>;
  readonly subscribers: SubscriptionTree<Session>;
  readonly retained: RetainedMessages;
  readonly wills: Map<string, PendingWill>;
  /** Ids of events of wills that are on their way to the log. */
  readonly publishing: Set<string>;
  /** What may come again with QoS 1. */
  readonly repeated: KeptArrivals;
  readonly counts: ServerCounts;
  readonly listeners: Set<(change: ClientChange) => void>;
  /** Clients whose server is gone, and whose sessions are here now. */
  readonly adopted: (clientIds: readonly string[]) => void;
  /** Somebody else has the session. */
  readonly lost: (session: SessionRef) => void;
  /** Looks again at who waits for connections to run dry. */
  looksAgain: () => void;
  numbers: number;
  /** Set once: nothing more is taken. */
  stopping: boolean;
};

export type ServerCounts = {
  clientErrors: number;
  /** CONNECTs that were refused because the log or the store of sessions was away. */
  refusedWhileAway: number;
  refusedSubscriptions: number;
  /** Messages on topics that their clients may not publish on. */
  deniedPublishes: number;
  /** QoS 0 deliveries to subscribers that do not keep up. */
  notDelivered: number;
  /** Messages of QoS 1 and 2 for sessions in which too much waits. */
  notQueued: number;
  notRetained: number;
  /** Bytes of messages that wait for clients that are connected. */
  inMemoryBytes: number;
};

/**
 * `connecting`: no CONNECT yet. `admitting`: it came, and is not answered. `closing`: nothing more is read, and what was read is
 * answered first.
 */
export type Stage = 'connecting' | 'admitting' | 'open' | 'closing' | 'closed';

export type Connection = {
  /** Never used twice in a process, unlike client ids. */
  readonly number: number;
  readonly socket: Duplex;
  readonly reader: PacketReader;
  readonly out: OutgoingBytes;
  readonly certificate: ClientCertificate | undefined;
  stage: Stage;
  level: Level;
  clientId: string;
  userName: string | undefined;
  session: Session | undefined;
  rights: Rights | undefined;
  /** Closes it, when its rights have ended. */
  readonly endRights: () => void;
  will: Will | undefined;
  sinceMs: number;
  lastPacketMs: number;
  keepAliveS: number;
  /** How long a message may be held before its sender stops hearing from us. */
  holdMs: number;
  /** What the client takes at once, of messages and of bytes in a packet. */
  windowMax: number;
  packetBytesMax: number;
  /** Whether it wants to hear reasons (MQTT 5, 3.1.2.11.7). */
  tellsReasons: boolean;
  /** Its own, by number. */
  aliases: Map<number, string> | undefined;
  /** Messages of QoS 1 and 2 that were read, and those of them that the log has answered. */
  offered: number;
  settled: number;
  /** Messages of QoS 0 that go to subscribers after those before them. */
  readonly behind: { readonly offered: number; readonly go: () => void }[];
  /** Messages that were read and are not answered yet, and their payloads. */
  held: number;
  heldBytes: number;
  /** Of QoS 1 and 2 and not acknowledged, as MQTT 5 counts them. */
  unacknowledged: number;
  /** Messages that wait until those before them may be offered. */
  readonly gate: Waiting[];
  /** Acknowledgements that wait for those before them. */
  readonly answers: Waiting[];
  /** When its last publishes that it may not were read. */
  readonly deniedAtMs: number[];
  /** The socket is not read, because something here is full. */
  paused: boolean;
  isBeingRead: boolean;
  peerEnded: boolean;
  closing: Closing | undefined;
  /** Since when the peer has taken nothing though something waits, and how much it had taken then. */
  stalledSinceMs: number | undefined;
  takenBytes: number;
};

/** Goes ahead in its turn, once it is ready. */
export type Waiting = { ready: boolean; readonly sinceMs: number; readonly go: () => void; readonly drop: () => void };

export type Closing = {
  /** For DISCONNECT of MQTT 5; `undefined`: without one. */
  readonly reason: number | undefined;
  readonly why: string;
  readonly because: (ClientChange & { change: 'disconnected' })['because'];
};

export type Will = {
  readonly message: OutgoingMessage;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly eventId: string;
  readonly delayMs: number;
};

export type PendingWill = { readonly session: SessionRef; readonly will: Will; readonly dueAtMs: number };

export type Session = {
  readonly clientId: string;
  ref: SessionRef;
  /** 0: it ends with its connection, and the store keeps nothing of what is in it. */
  expiryMs: number;
  endsAtMs: number;
  connection: Connection | undefined;
  readonly subscriptions: Map<string, SubscriptionOptions>;
  /** The number that was given last to a message for its client. */
  lastNumber: number;
  sentNumber: number;
  /** Sent and not acknowledged, by packet id. */
  readonly inFlight: Map<number, Outgoing>;
  /** To be sent, in order. Empty while its client is away: then they are in the store alone. */
  queue: Outgoing[];
  /** What waits, here or in the store. */
  waitingMessages: number;
  waitingBytes: number;
  /** Of QoS 2, from its client, by packet id. */
  readonly arrivals: Map<number, Arrived>;
  /** Of messages that wait while its client is away, those that do not wait for ever. */
  expiring: { readonly number: number; readonly bytes: number; readonly expiresAtMs: number }[];
  /** Messages that came while it was being taken, to be queued when it is. */
  taking: (() => void)[] | undefined;
  /** Who waits for a message to be acknowledged, by its number. */
  readonly waiters: Map<number, (delivery: Delivery) => void>;
};

export type Outgoing = {
  readonly number: number;
  readonly packetId: number;
  readonly qos: 1 | 2;
  readonly message: OutgoingMessage;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  readonly expiresAtMs: number | undefined;
  readonly bytes: number;
  /** The client may have it already. */
  sentBefore: boolean;
  /** QoS 2: the client has it. */
  released: boolean;
  /** QoS 2 is sent when the store has it: else its packet id could be another message's after a crash. */
  isKept: boolean;
  /** Neither kept nor sent again. */
  readonly once: boolean;
};

/** A message of QoS 2 from PUBLISH to PUBREL. */
export type Arrived = {
  readonly eventId: string;
  readonly receivedTimeUs: number;
  /** `kept`: it may be in the log or not, and is offered again under the same id. */
  state: 'in-hand' | 'safe' | 'kept';
  /** PUBRECs of copies that came meanwhile. */
  waiting: ((safe: boolean) => void)[];
  /** Settles when those who subscribe to it have it; `undefined`: nobody was given it yet. */
  passed: Promise<unknown> | undefined;
};

/** As those see it who watch clients. */
export const clientOf = (connection: Connection): ConnectedClient => {
  const { clientId, sinceMs, lastPacketMs, level, userName, keepAliveS } = connection;
  return { clientId, sinceMs, lastPacketMs, level, userName, keepAliveS };
};

export const isKept = ({ expiryMs }: Session): boolean => expiryMs > 0;
