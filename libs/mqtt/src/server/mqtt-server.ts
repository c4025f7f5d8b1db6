/**
 * An MQTT server (3.1, 3.1.1 and 5): devices connect, and what they publish is acknowledged when the log has it. What outlives a
 * connection is in a store that several servers share.
 */
import type { Duplex } from 'node:stream';
import type { Clock, DeviceMessages, Ingest, Logger, SessionRef, SessionStore } from '@plenum/runtime';
import { reason } from '../codec/reason-codes.ts';
import { keptArrivals } from '../redelivery/kept-arrivals.ts';
import type { Access } from './access.ts';
import { adoptSessions } from './adopt.ts';
import type { ClientWatch } from './client-watch.ts';
import { closeNow, forgetSession } from './close.ts';
import { keepWaiting, nobodyWaits } from './deliver.ts';
import { deviceMessages, reaches } from './device-messages.ts';
import { deviceRetained } from './device-retained.ts';
import type { ListenerLimits } from './limits.ts';
import { flusher } from './outgoing-bytes.ts';
import { read, receive } from './receive.ts';
import { retainedMessages } from './retained-messages.ts';
import { type Connection, clientOf, type Server, type ServerCounts } from './state.ts';
import { subscriptionTree } from './subscription-tree.ts';
import { checkSessions, quietly, sweep } from './sweep.ts';

export type MqttServerParts = {
  readonly ingest: Ingest;
  readonly store: SessionStore;
  readonly access: Access;
  readonly clock: Clock;
  /** A UUIDv7 for an event that neither names itself nor says when it was. */
  readonly newId: (timeUs: number) => string;
  readonly logger: Logger;
  readonly limits: ListenerLimits;
  /** Clients whose server is gone, and whose sessions are here now. */
  readonly adopted: (clientIds: readonly string[]) => void;
};

export type ListenerCounts = Omit<ServerCounts, 'inMemoryBytes'> & {
  readonly connections: number;
  /** Of clients that are connected here, and of those that are away and were here last. */
  readonly sessions: number;
  readonly retainedBytes: number;
};

export type MqttServer = DeviceMessages &
  ClientWatch & {
    /** Takes over a socket that has just been accepted. */
    handle(socket: Duplex): void;
    counts(): ListenerCounts;
    /** Reads nothing more, and settles when every message that was read has been handed to the ingest loop. */
    quiesce(giveUp: AbortSignal): Promise<void>;
    /** Settles when everything that the log has is acknowledged, as far as the store of sessions lets it be. */
    answered(giveUp: AbortSignal): Promise<void>;
    /** Closes every connection, behind the last acknowledgement, and lets go of the store. */
    close(): Promise<void>;
  };

/** Takes up sessions and retained messages first. @throws TransientFailure when the store is away. */
export const mqttServer = (parts: MqttServerParts): Promise<MqttServer> => serve(newServer(parts));

/** The same, over a state that a test looks into. */
export const serve = async (server: Server): Promise<MqttServer> => {
  const { ingest, store } = server;
  for (const message of await store.retained()) server.retained.set(message);
  await adoptSessions(server);
  const forgetNews = store.onNews((news) => {
    if (news.news === 'lost') server.lost(news.session);
    else if (news.news === 'gap') quietly(server, Promise.all([checkSessions(server), retainAnew(server)]));
    else if (news.message === undefined) server.retained.remove(news.topic);
    else server.retained.set(news.message);
  });
  const sweeping = sweep(server);
  ingest.onCapacity(() => {
    for (const connection of server.connections.values()) if (connection.paused) read(server, connection);
  });

  return {
    handle: (socket) => {
      receive(server, socket);
      sweeping.arrived();
    },
    counts: () => countsOf(server),
    onChange: (listener) => {
      server.listeners.add(listener);
      return () => server.listeners.delete(listener);
    },
    connected: function* () {
      for (const connection of server.connections.values()) if (connection.stage === 'open') yield clientOf(connection);
    },
    ...{ publish: deviceMessages(server).publish, ...deviceRetained(server) },
    reaches: (to) => reaches(server, to),
    quiesce: (giveUp) => {
      ingest.readOn();
      server.stopping = true;
      for (const { socket } of server.connections.values()) socket.pause();
      return untilAll(server, ({ gate }) => gate.length === 0, giveUp);
    },
    answered: (giveUp) => untilAll(server, ({ answers }) => answers.length === 0, giveUp),
    close: async () => {
      server.stopping = true;
      sweeping.stop();
      forgetNews();
      const closing = { reason: reason.serverShuttingDown, why: 'the server goes', because: 'shutdown' as const };
      for (const connection of [...server.connections.values()]) closeNow(server, connection, closing);
      // What waits in them is the next server's, and nobody here hears of it.
      for (const session of server.sessions.values()) nobodyWaits(session);
      try {
        await store.close();
      } catch (error) {
        // What it has of these sessions is taken up by the server that adopts them.
        server.logger.warn({ error }, 'the store of sessions could not be closed in order');
      }
    },
  };
};

/** A server that has not begun. */
export const newServer = (parts: MqttServerParts): Server => {
  const { limits } = parts;
  const server: Server = {
    ...parts,
    flusher: flusher(),
    connections: new Map(),
    sessions: new Map(),
    taking: new Map(),
    subscribers: subscriptionTree(),
    retained: retainedMessages(limits.retainedBytesMax),
    wills: new Map(),
    publishing: new Set(),
    repeated: keptArrivals(),
    counts: {
      ...{ clientErrors: 0, refusedWhileAway: 0, refusedSubscriptions: 0, deniedPublishes: 0 },
      ...{ notDelivered: 0, notQueued: 0, notRetained: 0, inMemoryBytes: 0 },
    },
    listeners: new Set(),
    lost: (session) => lose(server, session),
    looksAgain: () => undefined,
    numbers: 0,
    stopping: false,
  };
  return server;
};

/** Another server has the session, or it has ended: nobody is connected to it here any more. */
const lose = (server: Server, { clientId, epoch }: SessionRef): void => {
  const session = server.sessions.get(clientId);
  if (session === undefined || session.ref.epoch !== epoch || session.taking !== undefined) return;
  const { connection } = session;
  session.connection = undefined;
  keepWaiting(server, session);
  server.wills.delete(clientId);
  forgetSession(server, session);
  if (connection === undefined) return;
  // Its will is not published: its client is there, at another server, and has said so already.
  const why = 'its session goes on at another server';
  closeNow(server, connection, { reason: reason.sessionTakenOver, why, because: 'taken-over' });
};

const retainAnew = async (server: Server): Promise<void> => {
  const messages = await server.store.retained();
  server.retained.clear();
  for (const message of messages) server.retained.set(message);
};

const countsOf = ({ counts, connections, sessions, retained }: Server): ListenerCounts => {
  const { inMemoryBytes: _, ...others } = counts;
  return { ...others, connections: connections.size, sessions: sessions.size, retainedBytes: retained.bytes() };
};

const untilAll = async (
  server: Server,
  isDone: (connection: Connection) => boolean,
  giveUp: AbortSignal,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.looksAgain = () => {
    if ([...server.connections.values()].every(isDone)) resolve();
  };
  giveUp.addEventListener('abort', () => resolve(), { once: true });
  if (giveUp.aborted) resolve();
  server.looksAgain();
  await promise;
  server.looksAgain = () => undefined;
};
