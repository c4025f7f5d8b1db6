/** From bytes to packets, one at a time, as long as the connection may be read; and what each of them leads to. */
import type { Duplex } from 'node:stream';
import { packetReader } from '../codec/packet-reader.ts';
import { pingrespBytes } from '../codec/packet-writer.ts';
import type { AckPacket, ClientPacket, DisconnectPacket } from '../codec/packets.ts';
import { ProtocolViolation } from '../codec/protocol-violation.ts';
import { reason } from '../codec/reason-codes.ts';
import { acceptPublish } from './accept-publish.ts';
import { certificateOf } from './certificate.ts';
import { closeAfterAnswers, closeNow, closeWhenAnswered, cutOff, endedByPeer } from './close.ts';
import { admit, refuse } from './connect.ts';
import { acknowledged, heeded } from './deliver.ts';
import { outgoingBytes } from './outgoing-bytes.ts';
import { type Connection, isKept, type Server } from './state.ts';
import { subscribe, unsubscribe } from './subscribe.ts';

/** Takes over a socket that has just been accepted. */
export const receive = (server: Server, socket: Duplex): void => {
  const connection = newConnection(server, socket);
  server.connections.set(socket, connection);
  const { reader } = connection;
  let isPostponed = false;
  const readOn = (): void => {
    isPostponed = false;
    read(server, connection);
  };
  socket.on('data', (chunk: Uint8Array) => {
    if (connection.stage === 'closing' || connection.stage === 'closed') return;
    connection.lastPacketMs = Date.now();
    // The rest of a packet does not wait: of a large one it might be too little to be read soon.
    const isRest = !isPostponed && reader.buffered() > 0;
    reader.push(chunk);
    isPostponed = connection.stage === 'open' && !isRest && server.ingest.postpone(chunk.length, readOn);
    if (!isPostponed) readOn();
  });
  socket.on('end', () => {
    connection.peerEnded = true;
    readOn();
  });
  socket.on('error', (error) => cutOff(server, connection, lost(error.message)));
  socket.on('close', () => {
    // What a client that has hung up had sent by then is recorded, though it cannot be answered.
    if (!connection.peerEnded || !isAnswering(connection)) {
      cutOff(server, connection, lost('its connection was closed'));
    }
  });
};

const lost = (why: string) => ({ reason: undefined, why, because: 'lost' as const });

const newConnection = (server: Server, socket: Duplex): Connection => {
  const { limits, flusher } = server;
  server.numbers += 1;
  const tooMuch = (): void => {
    const why = `left ${socket.writableLength} bytes untaken`;
    cutOff(server, connection, { reason: undefined, why, because: 'violation' });
  };
  const connection: Connection = {
    ...{ number: server.numbers, socket, reader: packetReader({ packetBytesMax: limits.packetBytesMax }) },
    ...{ out: outgoingBytes(socket, flusher, limits.unsentBytesMax, tooMuch), certificate: certificateOf(socket) },
    endRights: () => {
      const why = 'its rights have ended';
      closeNow(server, connection, { reason: reason.administrativeAction, why, because: 'refused' });
    },
    ...{ stage: 'connecting', level: 4, clientId: '', userName: undefined, session: undefined, rights: undefined },
    ...{ will: undefined, sinceMs: Date.now(), lastPacketMs: Date.now(), keepAliveS: 0, holdMs: limits.holdMsMax },
    ...{ windowMax: limits.windowMax, packetBytesMax: Number.POSITIVE_INFINITY, tellsReasons: true },
    ...{ aliases: undefined, offered: 0, settled: 0, behind: [], held: 0, heldBytes: 0, unacknowledged: 0 },
    ...{
      gate: [],
      answers: [],
      deniedAtMs: [],
      paused: false,
      isBeingRead: false,
      peerEnded: false,
      closing: undefined,
    },
    ...{ stalledSinceMs: undefined, takenBytes: 0 },
  };
  return connection;
};

/** Of one connection: from so many bytes on it waits. A small part of what may be in hand, so that nobody takes all of it. */
const heldBytesMax = 64 * 1024;
const waitingMax = 1000;

const mayRead = ({ ingest, stopping }: Server, { stage, heldBytes, gate }: Connection): boolean =>
  stage === 'connecting'
    ? !stopping
    : stage === 'open' && !stopping && heldBytes < heldBytesMax && gate.length < waitingMax && ingest.hasCapacity();

/** Reads what has come, as far as it may, and the socket on when it may. */
export const read = (server: Server, connection: Connection): void => {
  // A message that is offered may let everything be read that waits, before its own packet is done with.
  if (connection.isBeingRead) return;
  const { socket } = connection;
  connection.isBeingRead = true;
  try {
    takePackets(server, connection);
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    violated(server, connection, error);
    return;
  } finally {
    connection.isBeingRead = false;
  }
  if (connection.stage === 'closing' || connection.stage === 'closed') return;
  const isFull = !mayRead(server, connection);
  connection.paused = isFull;
  if (isFull) socket.pause();
  else socket.resume();
  if (connection.peerEnded && !isFull) endWithPeer(server, connection);
};

const takePackets = (server: Server, connection: Connection): void => {
  const { reader } = connection;
  while (mayRead(server, connection)) {
    const packet = reader.next();
    if (packet === undefined) return;
    take(server, connection, packet);
  }
};

/** Everything that came before the end has been read; what it asks for an answer gets it. */
const endWithPeer = (server: Server, connection: Connection): void => {
  if (isAnswering(connection)) return;
  if (connection.stage !== 'admitting') closeNow(server, connection, endedByPeer);
};

const isAnswering = ({ stage, held, gate, answers }: Connection): boolean =>
  stage === 'open' && (held > 0 || gate.length > 0 || answers.length > 0);

const violated = (server: Server, connection: Connection, { reason: code, message }: ProtocolViolation): void => {
  const closing = { reason: code, why: message, because: 'violation' as const };
  if (connection.stage === 'open') closeAfterAnswers(server, connection, closing);
  else if (connection.reader.level() === 5) {
    connection.level = 5;
    refuse(server, connection, { reason: code, why: message });
  } else closeNow(server, connection, { ...closing, reason: undefined });
};

const take = (server: Server, connection: Connection, packet: ClientPacket): void => {
  switch (packet.type) {
    case 'publish':
      acceptPublish(server, connection, packet, read);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubcomp':
      acknowledged(server, connection, packet);
      break;
    case 'pubrel':
      released(server, connection, packet);
      break;
    case 'subscribe':
      subscribe(server, connection, packet);
      break;
    case 'unsubscribe':
      unsubscribe(server, connection, packet);
      break;
    case 'pingreq':
      connection.out.write(pingrespBytes);
      break;
    case 'connect':
      void admit(server, connection, packet).then(() => {
        if (connection.stage !== 'closed') read(server, connection);
      });
      break;
    case 'other-level':
      connection.level = 4; // What every client understands.
      refuse(server, connection, {
        reason: reason.unsupportedProtocolVersion,
        why: 'MQTT 3.1, 3.1.1 and 5 are spoken',
      });
      break;
    case 'disconnect':
      disconnected(server, connection, packet);
      break;
    case 'auth': {
      const why = 'there is no enhanced authentication here';
      closeAfterAnswers(server, connection, { reason: reason.protocolError, why, because: 'violation' });
      break;
    }
  }
};

/** PUBREL: the client gives its packet id free. */
const released = (server: Server, connection: Connection, { id }: AckPacket): void => {
  const { session, out } = connection;
  if (session === undefined) return;
  const arrived = session.arrivals.get(id);
  if (arrived === undefined || arrived.state === 'in-hand') {
    // It was released before, and the PUBCOMP was lost: client libraries take 0x92 for the failure of a message that is safe.
    // One in hand has no PUBREC yet: its client releases what it does not know to be here.
    out.ack('pubcomp', id);
    return;
  }
  session.arrivals.delete(id);
  if (!isKept(session)) {
    out.ack('pubcomp', id);
    return;
  }
  connection.held += 1;
  void heeded(server, session, server.store.complete(session.ref, id)).then((written) => {
    connection.held -= 1;
    if (written === 'written' && session.connection === connection) out.ack('pubcomp', id);
    closeWhenAnswered(server, connection);
    if (connection.peerEnded && connection.stage === 'open') read(server, connection);
  });
};

/** MQTT 5 lets a client change how long its session is kept, but not begin to keep one (3.14.2.2.2). */
const disconnected = (server: Server, connection: Connection, packet: DisconnectPacket): void => {
  const { session, level } = connection;
  const expiryS = packet.properties?.sessionExpiryS;
  if (session !== undefined && level === 5 && expiryS !== undefined) {
    if (!isKept(session) && expiryS > 0) {
      const why = 'a session that was not to be kept cannot be kept now';
      closeAfterAnswers(server, connection, { reason: reason.protocolError, why, because: 'violation' });
      return;
    }
    session.expiryMs = Math.min(expiryS * 1000, server.limits.sessionExpiryMs);
  }
  if (packet.reason === reason.success) connection.will = undefined; // [MQTT-3.14.4-3]
  closeAfterAnswers(server, connection, { reason: undefined, why: 'DISCONNECT', because: 'client' });
};
