/** CONNECT: who it is, whether the client may come in, which session it gets, and the CONNACK that says so (3.1, 3.2). */
import { randomUUID } from 'node:crypto';
import { type KeptArrival, type SessionStore, type TakenSession, TransientFailure } from '@plenum/runtime';
import { connackBytes } from '../codec/packet-writer.ts';
import type { ConnectPacket, Properties } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { closeNow, cutOff, forgetSession, reasonString } from './close.ts';
import { sendMore, waitAgain } from './deliver.ts';
import { clientIdProblem, type Refusal } from './names.ts';
import { type Arrived, type Connection, clientOf, type Server, type Session } from './state.ts';
import { keptWill, publishEndedWill, readWill, willOf, willProblem } from './wills.ts';

/** Answers when the client is in, or is not; rejects never. */
export const admit = async (server: Server, connection: Connection, packet: ConnectPacket): Promise<void> => {
  connection.stage = 'admitting';
  connection.level = packet.level;
  connection.clientId = packet.clientId === '' ? `auto-${randomUUID()}` : packet.clientId;
  connection.userName = packet.userName;
  connection.tellsReasons = packet.properties.requestProblemInformation !== 0;
  connection.packetBytesMax = packet.properties.maximumPacketBytes ?? Number.POSITIVE_INFINITY;
  connection.windowMax = Math.min(
    server.limits.windowMax,
    packet.properties.receiveMaximum ?? Number.POSITIVE_INFINITY,
  );
  const problem = refusalOf(server, packet) ?? connackProblem(server, connection, packet);
  if (problem !== undefined) {
    refuse(server, connection, problem);
    return;
  }
  const { clientId, certificate } = connection;
  try {
    const { userName, password } = packet;
    const admission = await server.access({ clientId, userName, password, certificate });
    if (!admission.admitted) {
      refuse(server, connection, admission);
      return;
    }
    connection.rights = admission.rights;
    if (hasGone(connection)) {
      admission.rights.released?.();
      return;
    }
    const forbidden = packet.will && admission.rights.publish(packet.will.topic);
    if (forbidden !== undefined) {
      refuse(server, connection, { reason: reason.notAuthorized, why: `its will: ${forbidden}` });
      return;
    }
  } catch (error) {
    server.logger.error({ clientId, error }, 'could not decide whether a client may connect');
    refuse(server, connection, { reason: reason.serverUnavailable, why: 'cannot check who this is' });
    return;
  }
  await inTurnOfClient(server, clientId, () => takeSession(server, connection, packet));
};

/** Read anew: a connection may be closed while its CONNECT waits for something. */
const hasGone = ({ stage }: Pick<Connection, 'stage'>): boolean => stage === 'closed';

const refusalOf = (server: Server, packet: ConnectPacket): Refusal | undefined => {
  const { ingest, limits, stopping } = server;
  const { clientId, clean, level, keepAliveS, properties, will } = packet;
  if (clientId === '' && !clean && level !== 5) {
    return { reason: reason.clientIdNotValid, why: 'a session that is kept needs a client id' };
  }
  const idProblem = clientIdProblem(clientId);
  if (idProblem !== undefined) return { reason: reason.clientIdNotValid, why: idProblem };
  if (properties.authenticationMethod !== undefined) {
    return { reason: reason.badAuthenticationMethod, why: 'there is no enhanced authentication here' };
  }
  const badWill = will && willProblem(will.topic, limits.topicLevelsMax);
  if (badWill !== undefined) return { reason: reason.topicNameInvalid, why: `its will: ${badWill}` };
  if (stopping) return { reason: reason.serverUnavailable, why: 'the server goes' };
  // 3.1.1 has no way to hear of another keepalive.
  if (limits.keepAliveMaxS > 0 && level !== 5 && (keepAliveS === 0 || keepAliveS > limits.keepAliveMaxS)) {
    return { reason: reason.clientIdNotValid, why: `a keepalive is at most ${limits.keepAliveMaxS} s` };
  }
  if (ingest.state() === 'away') {
    server.counts.refusedWhileAway += 1;
    return { reason: reason.serverUnavailable, why: 'the log is away' };
  }
  return undefined;
};

export const refuse = (server: Server, connection: Connection, { reason: code, why }: Refusal): void => {
  const { level, out } = connection;
  if (connection.stage === 'closed') return;
  const connack = connackBytes(level, {
    sessionPresent: false,
    reason: code,
    properties: reasonString(connection, why),
  });
  if (connack !== undefined && connack.length <= connection.packetBytesMax) out.write(connack);
  if (code !== reason.serverUnavailable) server.counts.clientErrors += 1;
  closeNow(server, connection, { reason: undefined, why, because: 'refused' });
};

const inTurnOfClient = async (server: Server, clientId: string, work: () => Promise<void>): Promise<void> => {
  const before = server.taking.get(clientId);
  const mine = (before ?? Promise.resolve()).then(work);
  server.taking.set(clientId, mine);
  try {
    await mine;
  } finally {
    if (server.taking.get(clientId) === mine) server.taking.delete(clientId);
  }
};

const takeSession = async (server: Server, connection: Connection, packet: ConnectPacket): Promise<void> => {
  if (connection.stage === 'closed') return; // Its client has gone while it waited.
  const { clientId } = connection;
  const { clean } = packet;
  const before = server.sessions.get(clientId);
  if (before?.connection !== undefined) {
    const why = 'another client has connected with this client id';
    closeNow(server, before.connection, { reason: reason.sessionTakenOver, why, because: 'taken-over' });
  }
  const session = server.sessions.get(clientId); // Not the one before, if it ended with its connection.
  // Of a session that ends now the store answers it; one that goes on keeps it to itself [MQTT-3.1.3-9].
  const pending = server.wills.get(clientId);
  server.wills.delete(clientId);
  if (clean && session !== undefined) forgetSession(server, session);
  const kept = clean ? undefined : session;
  if (kept !== undefined) kept.taking = [];
  const eventId = server.newId(server.clock.nowUs());
  const will = packet.will && willOf(packet.will, eventId);
  const expiryMs = expiryOf(server, packet);
  try {
    const asked = { clientId, clean, expiryMs, will: will && keptWill(will) };
    const taken = await takeAllowed(server, connection, asked);
    connection.will = will;
    const endedWill = taken.endedWill && readWill(server, clientId, taken.endedWill);
    if (endedWill !== undefined) publishEndedWill(server, clientId, endedWill);
    enter(server, connection, packet, { taken, before: kept, expiryMs });
  } catch (error) {
    queueAgain(kept);
    if (pending !== undefined) server.wills.set(clientId, pending); // Its client has not come back after all.
    if (!(error instanceof TransientFailure)) server.logger.error({ clientId, error }, 'a session cannot be taken');
    server.counts.refusedWhileAway += 1;
    refuse(server, connection, { reason: reason.serverUnavailable, why: 'the store of sessions is away' });
  }
};

/**
 * A session that subscribes to what its client may not read any more is not resumed: messages of those topics may wait in it.
 */
const takeAllowed = async (
  { store }: Server,
  { rights }: Connection,
  asked: Parameters<SessionStore['take']>[0],
): Promise<TakenSession> => {
  const taken = await store.take(asked, Date.now());
  const isAllowed = taken.subscriptions.every(({ filter }) => rights?.subscribe(filter) === undefined);
  if (isAllowed) return taken;
  const { endedWill = taken.endedWill, ...anew } = await store.take({ ...asked, clean: true }, Date.now());
  return { ...anew, endedWill };
};

/** What came meanwhile is queued where it was. */
const queueAgain = (session: Session | undefined): void => {
  const { taking } = session ?? {};
  if (session === undefined || taking === undefined) return;
  session.taking = undefined;
  for (const queue of taking) queue();
};

/** MQTT 3.1.1 has a session that is kept, or none; MQTT 5 says how long, within our bound (3.1.2.11.2). */
const expiryOf = ({ limits }: Server, { level, clean, properties }: ConnectPacket): number => {
  if (level !== 5) return clean ? 0 : limits.sessionExpiryMs;
  return Math.min((properties.sessionExpiryS ?? 0) * 1000, limits.sessionExpiryMs);
};

type Entering = { readonly taken: TakenSession; readonly before: Session | undefined; readonly expiryMs: number };

const enter = (server: Server, connection: Connection, packet: ConnectPacket, entering: Entering): void => {
  const { taken, before, expiryMs } = entering;
  const { clientId } = connection;
  const session = before !== undefined && taken.present ? before : newSession(clientId, taken);
  if (before !== undefined && before !== session) {
    forgetSession(server, before);
    queueAgain(before); // It is over: the store says so to each.
  }
  session.ref = { clientId, epoch: taken.epoch };
  session.expiryMs = expiryMs;
  server.sessions.set(clientId, session);
  for (const filter of session.subscriptions.keys()) server.subscribers.remove(filter, session);
  session.subscriptions.clear();
  for (const { filter, options } of taken.subscriptions) {
    session.subscriptions.set(filter, options);
    server.subscribers.add(filter, session, options);
  }
  keepArrivals(session, taken.arrivals);
  session.connection = connection;
  connection.session = session;
  waitAgain(server, session, taken.waiting);
  if (connection.stage === 'closed') closeAsGone(server, connection);
  else open(server, connection, packet, taken);
  queueAgain(session);
  sendMore(server, session);
};

/** Of those that are here already more is known; but its client may have been at another server since. */
const keepArrivals = ({ arrivals }: Session, kept: readonly KeptArrival[]): void => {
  const known = new Map(arrivals);
  arrivals.clear();
  for (const { packetId, eventId, receivedTimeUs, passedOn } of kept) {
    const before = known.get(packetId);
    const arrived: Arrived =
      before?.eventId === eventId ? before : { eventId, receivedTimeUs, state: 'kept', waiting: [], passed: undefined };
    if (passedOn) arrived.state = 'safe';
    arrivals.set(packetId, arrived);
  }
};

/** Its connection broke while its session was taken: that is how it has ended, too. */
const closeAsGone = (server: Server, connection: Connection): void => {
  connection.stage = 'admitting';
  cutOff(server, connection, { reason: undefined, why: 'gone while it came in', because: 'lost' });
};

const open = (server: Server, connection: Connection, packet: ConnectPacket, taken: TakenSession): void => {
  const { limits } = server;
  const nowMs = Date.now();
  connection.keepAliveS = isBounded(server, packet) ? limits.keepAliveMaxS : packet.keepAliveS;
  connection.holdMs = holdMsOf(connection.keepAliveS, limits.holdMsMax);
  connection.stage = 'open';
  connection.sinceMs = nowMs;
  connection.lastPacketMs = nowMs;
  const properties = packet.level === 5 ? connackProperties(server, connection, packet) : undefined;
  const sessionPresent = taken.present && !packet.clean;
  const connack = connackBytes(packet.level, { sessionPresent, reason: reason.success, properties });
  if (connack !== undefined) connection.out.write(connack);
  if (taken.present) server.repeated.reconnected(connection.clientId);
  else server.repeated.ended(connection.clientId);
  for (const hear of server.listeners) hear({ change: 'connected', client: clientOf(connection) });
  if (connection.rights?.ended?.aborted === true) connection.endRights();
  else connection.rights?.ended?.addEventListener('abort', connection.endRights);
};

const isBounded = ({ limits: { keepAliveMaxS } }: Server, { keepAliveS }: ConnectPacket): boolean =>
  keepAliveMaxS > 0 && (keepAliveS === 0 || keepAliveS > keepAliveMaxS);

/** A client that takes no packet as large as its CONNACK cannot be admitted [MQTT-3.1.2-24]: its session stays as it is. */
const connackProblem = (server: Server, connection: Connection, packet: ConnectPacket): Refusal | undefined => {
  if (connection.packetBytesMax === Number.POSITIVE_INFINITY) return undefined;
  const properties = connackProperties(server, connection, packet);
  const connack = connackBytes(packet.level, { sessionPresent: false, reason: reason.success, properties });
  return connack === undefined || connack.length <= connection.packetBytesMax
    ? undefined
    : { reason: reason.packetTooLarge, why: 'takes no packet as large as its CONNACK' };
};

const connackProperties = (server: Server, { clientId }: Connection, packet: ConnectPacket): Properties => {
  const { limits } = server;
  const { clientId: asked, properties } = packet;
  const sessionExpiryS = properties.sessionExpiryS ?? 0;
  const isShortened = sessionExpiryS * 1000 > limits.sessionExpiryMs;
  return {
    ...(isShortened && { sessionExpiryS: Math.floor(limits.sessionExpiryMs / 1000) }),
    receiveMaximum: limits.receiveMaximum,
    maximumPacketBytes: limits.packetBytesMax,
    ...(asked === '' && { assignedClientId: clientId }),
    topicAliasMaximum: limits.topicAliasMaximum,
    sharedSubscriptionsAvailable: 0,
    ...(isBounded(server, packet) && { serverKeepAliveS: limits.keepAliveMaxS }),
  };
};

/**
 * A client that hears nothing for one and a half keepalives gives up. Half a keepalive, and never more than `holdMsMax`, leaves
 * it time to come back in order.
 */
const holdMsOf = (keepAliveS: number, holdMsMax: number): number =>
  keepAliveS > 0 ? Math.min(holdMsMax, (keepAliveS * 1000) / 2) : holdMsMax;

const newSession = (clientId: string, ref: TakenSession): Session => ({
  ...{ clientId, ref, expiryMs: 0, endsAtMs: Number.POSITIVE_INFINITY, connection: undefined },
  ...{ subscriptions: new Map(), lastNumber: 0, sentNumber: 0, inFlight: new Map(), queue: [] },
  ...{ waitingMessages: 0, waitingBytes: 0, arrivals: new Map(), expiring: [], taking: undefined, waiters: new Map() },
});
