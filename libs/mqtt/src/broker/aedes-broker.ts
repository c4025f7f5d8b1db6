/** Aedes with our rules: who may connect, publish and subscribe, and when an acknowledgement may leave. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Ingest, Logger } from '@plenum/runtime';
import { Aedes, type AuthenticateError, type Client, type ConnectPacket } from 'aedes';
import { guardedStream } from '../guard/guarded-stream.ts';
import { acceptPublish } from './accept-publish.ts';
import { type Connection, closeWhenDone, holdMsOf } from './connection.ts';
import { deliverable, leaveToHigherFilters } from './deliver.ts';
import { keptArrivals, stayedEveryMs } from './kept-arrivals.ts';
import { standsForNone } from './kept-sessions.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { boundMemory, type Memory, type MemoryCounts } from './memory.ts';
import { qos2Window } from './qos2-window.ts';
import { standInBytes } from './stand-in.ts';
import { deliverOnlyWanted } from './subscribed-filters.ts';
import { clientIdProblem, filterProblem } from './topics.ts';

/** Decides who a client is. `false`: CONNACK 5, not authorised. Called once per CONNECT. */
export type Authenticate = (credentials: Credentials) => Promise<boolean>;

export type Credentials = {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
};

export type AedesBrokerParts = {
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ListenerLimits;
  readonly authenticate: Authenticate;
};

export type AedesBroker = {
  /** Takes over a socket that has just been accepted. */
  handle(socket: Duplex, request?: IncomingMessage): void;
  counts(): ListenerCounts;
  /** Reads nothing more, and settles when every message that arrived whole has been handed to the ingest loop. */
  quiesce(giveUp: AbortSignal): Promise<void>;
  /** Closes every connection, behind the last acknowledgement. Wills are not published: it is us who go. */
  close(): Promise<void>;
  /** Rejects when Aedes fails as a whole. */
  readonly failed: Promise<never>;
};

export type ListenerCounts = MemoryCounts & {
  readonly connections: number;
  readonly clientErrors: number;
  /** CONNECTs answered with code 3 because the log was away. */
  readonly refusedWhileAway: number;
  readonly refusedSubscriptions: number;
  /** QoS 0 deliveries to subscribers that do not keep up. */
  readonly notDelivered: number;
};

export const aedesBroker = async (parts: AedesBrokerParts): Promise<AedesBroker> => {
  const { ingest, limits, logger } = parts;
  const state: State = {
    connections: new Map(),
    standInPrefix: `$plenum/${randomUUID()}/`,
    counts: { clientErrors: 0, refusedWhileAway: 0, refusedSubscriptions: 0, notDelivered: 0 },
    looksAgain: () => undefined,
    mayHave: () => true,
    numbers: 0,
  };
  const qos2 = qos2Window();
  const kept = keptArrivals();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // The caller awaits `failed`; until then it is not unhandled.

  const broker = new Aedes({
    // Deliveries at once, across all clients. None of them ever waits for a slow subscriber, so few would do.
    concurrency: 1000,
    connectTimeout: limits.connectTimeoutMs,
    // Never reached: writes do not push back, the guard closes clients that take nothing.
    drainTimeout: limits.stalledMs * 2,
    // Packets before CONNACK. The guard holds everything behind the CONNECT, so there are none.
    queueLimit: 42,
    maxInflightInbound: 1000,
    // Binds MQTT 3.1 clients alone; 3.1.1 has no such limit, and `clientIdProblem` is for both.
    maxClientsIdLength: 23,
    // Ours have four; the routing tables get slower with every level.
    maxTopicLevels: 16,
    ...hooks(parts, state, acceptPublish({ ...parts, qos2, kept, asked: () => state.looksAgain() })),
  });
  await broker.listen();
  const subscribed = deliverOnlyWanted(broker);
  const memory = boundMemory(broker, {
    ...{ limits: limits.memory, qos2, kept, logger, subscribed },
    granted: (client, filter) => connectionOf(state, client as Client)?.filters.has(filter) === true,
  });
  state.mayHave = memory.mayHave;

  // `clientReady` is emitted when the CONNACK has left and nothing older is queued: order is kept from here.
  broker.on('clientReady', (client) => {
    kept.reconnected(client.id);
    connectionOf(state, client)?.guard.admit();
  });
  const watching = setInterval(
    () => kept.stayed([...state.connections.values()].map(({ clientId }) => clientId)),
    stayedEveryMs,
  );
  broker.on('unsubscribe', (topics, client) => {
    for (const topic of topics) connectionOf(state, client)?.filters.delete(topic);
  });
  const failed = (client: Client, error: Error): void => {
    state.counts.clientErrors += 1;
    logger.debug({ clientId: client.id, reason: error.message }, 'an MQTT client was closed');
  };
  broker.on('clientError', failed);
  broker.on('connectionError', failed);
  // Aedes emits it when its own store fails, and declares only the other events.
  (broker as NodeJS.EventEmitter).on('error', (error: Error) => failure.reject(error));
  ingest.onCapacity(() => {
    for (const { guard } of state.connections.values()) guard.resume();
  });

  return {
    handle: (socket, request) => {
      const connection = connect(parts, state, socket);
      broker.handle(connection.guard.stream, request);
    },
    counts: () => ({ ...state.counts, ...memory.counts(), connections: state.connections.size }),
    quiesce: (giveUp) => quiesce(ingest, state, giveUp),
    close: async () => {
      clearInterval(watching);
      for (const { guard } of state.connections.values()) forgetWill(guard.stream);
      const { promise, resolve } = Promise.withResolvers<void>();
      broker.close(resolve);
      await promise;
      for (const { guard } of state.connections.values()) guard.stream.destroy();
    },
    failed: failure.promise,
  };
};

type State = {
  readonly connections: Map<Duplex, Connection>;
  /** Random, so that no client can publish under it. */
  readonly standInPrefix: string;
  readonly counts: {
    clientErrors: number;
    refusedWhileAway: number;
    refusedSubscriptions: number;
    notDelivered: number;
  };
  looksAgain: () => void;
  /** Whether a session that is kept may have one more filter. */
  mayHave: Memory['mayHave'];
  numbers: number;
};

const connectionOf = ({ connections }: State, client: Client): Connection | undefined =>
  connections.get(client.conn as Duplex); // A socket is one, too; what we handed over is a Duplex.

const connect = ({ ingest, limits }: AedesBrokerParts, state: State, socket: Duplex): Connection => {
  const takenOut: Connection['takenOut'] = new Map();
  const guard = guardedStream(socket, {
    packetBytesMax: limits.packetBytesMax,
    unsentBytesMax: limits.unsentBytesMax,
    stalledMs: limits.stalledMs,
    mayRead: ingest.hasCapacity,
    postpone: ingest.postpone,
    mayEnd: () => connection.held === 0,
    published: (messages) => {
      connection.received += messages;
      ingest.received(messages);
    },
    standIn: (publish) => {
      const topic = state.standInPrefix + state.numbers.toString(36);
      state.numbers += 1;
      takenOut.set(topic, publish);
      return standInBytes(topic, publish);
    },
    violated: (close) => {
      connection.violated = close;
      closeWhenDone(connection);
    },
  });
  state.numbers += 1;
  const connection: Connection = {
    number: state.numbers,
    guard,
    clientId: '',
    holdMs: limits.holdMsMax,
    will: undefined,
    received: 0,
    asked: 0,
    held: 0,
    heldBytes: 0,
    violated: undefined,
    closed: false,
    filters: new Map(),
    takenOut,
  };
  state.connections.set(guard.stream, connection);
  guard.stream.once('close', () => {
    connection.closed = true;
    state.connections.delete(guard.stream);
    ingest.forget(connection.number);
    ingest.drop('connection-closed', connection.received - connection.asked);
    state.looksAgain();
  });
  return connection;
};

type Hooks = Pick<
  ConstructorParameters<typeof Aedes>[0] & object,
  'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
>;

const hooks = (parts: AedesBrokerParts, state: State, accept: ReturnType<typeof acceptPublish>): Hooks => {
  const connects = new WeakMap<Client, ConnectPacket>();
  return {
    preConnect: (client, packet, done) => {
      connects.set(client, packet);
      leaveToHigherFilters(client, () => connectionOf(state, client));
      done(null, true);
    },
    authenticate: (client, username, password, done) => {
      const connection = connectionOf(state, client);
      const packet = connects.get(client);
      if (connection === undefined || packet === undefined) return; // Closed meanwhile.
      admission(parts, state, { clientId: packet.clientId, clean: packet.clean !== false, username, password }).then(
        (refusal) => {
          connection.clientId = client.id;
          connection.holdMs = holdMsOf(packet.keepalive ?? 0, parts.limits.holdMsMax);
          connection.will = packet.will;
          if (refusal === undefined) done(null, true);
          else done(connackError(refusal), null);
        },
        (error: unknown) => {
          parts.logger.error({ clientId: client.id, error }, 'could not decide whether a client may connect');
          done(connackError({ code: unavailable, reason: 'cannot check who this is' }), null);
        },
      );
    },
    authorizePublish: (client, packet, done) => {
      const connection = client === null ? undefined : connectionOf(state, client);
      if (client === null || connection === undefined) done(new Error('its connection is gone'));
      else accept({ connection, client, packet }, done);
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (standsForNone(subscription)) {
        done(null, null);
        return;
      }
      const filters = connectionOf(state, client)?.filters;
      const full = filters !== undefined && filters.size >= parts.limits.filtersMax;
      const problem = full
        ? 'too many subscriptions on one connection'
        : !client.clean && !state.mayHave(client.id, subscription.topic)
          ? 'too many subscriptions of kept sessions'
          : filterProblem(subscription.topic);
      if (problem === undefined) {
        filters?.set(subscription.topic, subscription.qos);
      } else {
        state.counts.refusedSubscriptions += 1;
        parts.logger.info({ clientId: client.id, filter: subscription.topic, reason: problem }, 'subscription refused');
      }
      done(null, problem === undefined ? subscription : null); // Without a subscription: SUBACK 0x80.
    },
    authorizeForward: (client, packet) => {
      if (packet.topic.startsWith(state.standInPrefix)) return undefined;
      const delivered = deliverable(parts.limits, connectionOf(state, client), packet);
      if (delivered === undefined) state.counts.notDelivered += 1;
      return delivered;
    },
  };
};

type ConnackRefusal = { readonly code: number; readonly reason: string };

/** MQTT 3.1.1, 3.2.2.3. */
const identifierRejected = 2;
const unavailable = 3;
const notAuthorised = 5;

const admission = async (
  { ingest, authenticate }: AedesBrokerParts,
  state: State,
  { clean, ...credentials }: Credentials & { readonly clean: boolean },
): Promise<ConnackRefusal | undefined> => {
  const problem = clientIdProblem(credentials.clientId, clean);
  if (problem !== undefined) return { code: identifierRejected, reason: problem };
  if (ingest.state() === 'away') {
    state.counts.refusedWhileAway += 1;
    return { code: unavailable, reason: 'the log is away' };
  }
  return (await authenticate(credentials)) ? undefined : { code: notAuthorised, reason: 'not authorised' };
};

const connackError = ({ code, reason }: ConnackRefusal): AuthenticateError =>
  Object.assign(new Error(reason), { returnCode: code });

/** Aedes hangs the client on its stream, and publishes the will from there when the connection closes. */
const forgetWill = (stream: Duplex): void => {
  const { client } = stream as Duplex & { client?: { will: unknown } };
  if (client !== undefined) client.will = undefined;
};

const quiesce = async (ingest: Ingest, state: State, giveUp: AbortSignal): Promise<void> => {
  ingest.readOn();
  const connections = [...state.connections.values()];
  for (const { guard } of connections) guard.stop();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.looksAgain = () => {
    if (connections.every(({ closed, received, asked }) => closed || received <= asked)) resolve();
  };
  state.looksAgain();
  giveUp.addEventListener('abort', () => resolve(), { once: true });
  if (giveUp.aborted) resolve();
  await promise;
};
