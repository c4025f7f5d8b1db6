/** How connections end: after what was read is answered, or at once; and what becomes of session and will. */
import { disconnectBytes } from '../codec/packet-writer.ts';
import type { Properties } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { heeded, keepWaiting, nobodyWaits } from './deliver.ts';
import { type Closing, type Connection, clientOf, isKept, type Server, type Session, type Will } from './state.ts';
import { publishWill, willDueAtMs } from './wills.ts';

/** Reads nothing more, and closes when everything that was read is answered. */
export const closeAfterAnswers = (server: Server, connection: Connection, closing: Closing): void => {
  if (connection.stage === 'closing' || connection.stage === 'closed') return;
  connection.stage = 'closing';
  connection.closing = closing;
  connection.socket.resume(); // What follows makes no sense any more: it is read and thrown away.
  closeWhenAnswered(server, connection);
};

/** Looks whether a connection that is to be closed, or whose client has ended it, may be closed now. */
export const closeWhenAnswered = (server: Server, connection: Connection): void => {
  const { stage, closing, held, gate, answers, peerEnded, paused } = connection;
  if (held > 0 || gate.length > 0 || answers.length > 0) return;
  if (stage === 'closing' && closing !== undefined) closeNow(server, connection, closing);
  else if (stage === 'open' && peerEnded && !paused) closeNow(server, connection, endedByPeer);
};

/** What a client that has ended its side has sent before is read and answered; nothing else will come. */
export const endedByPeer: Closing = {
  ...{ reason: undefined, why: 'its client has ended the connection', because: 'lost' },
};

/** Says why, if there is a way to, and lets go of the connection. What it was not acknowledged, it may send again. */
export const closeNow = (server: Server, connection: Connection, closing: Closing): void => {
  if (connection.stage === 'closed') return;
  const { out, level, packetBytesMax } = connection;
  if (closing.reason !== undefined && level === 5 && connection.session !== undefined) {
    const bytes = disconnectBytes(closing.reason, reasonString(connection, closing.why));
    if (bytes.length <= packetBytesMax) out.write(bytes);
  }
  endConnection(server, connection, closing);
  release(connection);
};

/** Without a word. */
export const cutOff = (server: Server, connection: Connection, closing: Closing): void => {
  if (connection.stage === 'closed') return;
  endConnection(server, connection, closing);
  connection.socket.destroy();
};

/** An answer that is larger than its client takes may not be sent [MQTT-3.1.2-24]: there is no way to go on then. */
export const sendWithin = (server: Server, connection: Connection, bytes: Uint8Array): void => {
  if (bytes.length <= connection.packetBytesMax) connection.out.write(bytes);
  else {
    const why = `an answer of ${bytes.length} bytes is more than the client takes`;
    closeNow(server, connection, { reason: reason.packetTooLarge, why, because: 'refused' });
  }
};

/** What an MQTT 5 client hears of why, if it wants to. */
export const reasonString = (
  { tellsReasons, packetBytesMax }: Connection,
  why: string | undefined,
): Properties | undefined => {
  if (why === undefined || why === '' || !tellsReasons) return undefined;
  const shown = why.length > whyMax ? `${why.slice(0, whyMax - 1).toWellFormed()}…` : why.toWellFormed();
  // Not if it makes the packet larger than the client takes [MQTT-3.4.2-2].
  return packetBytesMax < shown.length * 3 + 32 ? undefined : { reasonString: shown.replaceAll('\0', '\\0') };
};

const whyMax = 200;

/**
 * Lets what was written leave first. What the peer still sends is read and ignored: closing a socket with unread bytes resets it,
 * and a reset may cost the peer our last ones.
 */
const release = ({ out, socket }: Connection): void => {
  out.flush();
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end();
};

/** How long a peer may take to read our last bytes and close its side. */
const lingerMs = 2000;

/** Once for each connection: its session is without it from here on. */
const endConnection = (server: Server, connection: Connection, closing: Closing): void => {
  const { session, number, gate, answers, clientId } = connection;
  connection.stage = 'closed';
  server.connections.delete(connection.socket);
  server.ingest.forget(number);
  for (const { drop } of [...gate.splice(0), ...answers.splice(0)]) drop();
  const will = permittedWill(server, connection);
  if (closing.because === 'violation' || closing.because === 'keepalive') server.counts.clientErrors += 1;
  connection.rights?.ended?.removeEventListener('abort', connection.endRights);
  connection.rights?.released?.();
  connection.rights = undefined; // One that goes while its session is taken ends twice.
  server.logger.debug({ clientId, because: closing.because, reason: closing.why }, 'an MQTT connection has ended');
  server.looksAgain();
  if (session === undefined) return;
  if (session.connection === connection) {
    session.connection = undefined;
    leave(server, session, will);
  }
  const client = clientOf(connection);
  for (const hear of server.listeners) {
    hear({ change: 'disconnected', client, atMs: Date.now(), because: closing.because });
  }
};

/** Its will; none, when its client may not publish it any more: rights change while a connection is open. */
const permittedWill = ({ logger }: Server, { will, rights, clientId }: Connection): Will | undefined => {
  const denied = will && rights?.publish(will.message.topic);
  if (denied === undefined) return will;
  logger.info({ clientId, topic: will?.message.topic, reason: denied }, 'a will is not published');
  return undefined;
};

/** The session goes on without its client, or ends. */
const leave = (server: Server, session: Session, will: Will | undefined): void => {
  const { store, stopping, limits } = server;
  const { clientId, ref, expiryMs, sentNumber } = session;
  const nowMs = Date.now();
  session.endsAtMs = nowMs + expiryMs;
  keepWaiting(server, session);
  for (const arrived of session.arrivals.values()) if (arrived.state === 'in-hand') arrived.state = 'kept';
  const dueAtMs =
    will && (stopping ? nowMs + Math.max(will.delayMs, limits.willGraceMs) : willDueAtMs(will, session, nowMs));
  if (isKept(session) || dueAtMs !== undefined) {
    void heeded(server, session, store.leave(ref, { atMs: nowMs, expiryMs, sentNumber, willDueAtMs: dueAtMs }));
  } else {
    void heeded(server, session, store.end(ref));
  }
  if (!isKept(session)) forgetSession(server, session);
  // When it is us who go, who adopts the session publishes it, unless its client is back by then.
  if (will === undefined || dueAtMs === undefined || stopping) return;
  server.wills.set(clientId, { session: ref, will, dueAtMs });
  if (dueAtMs <= nowMs) publishWill(server, clientId);
};

/** Nothing is delivered to it any more, from here. */
export const forgetSession = (server: Server, session: Session): void => {
  for (const filter of session.subscriptions.keys()) server.subscribers.remove(filter, session);
  if (server.sessions.get(session.clientId) === session) server.sessions.delete(session.clientId);
  server.repeated.ended(session.clientId);
  nobodyWaits(session);
};
