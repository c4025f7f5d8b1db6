/**
 * The way of messages to one session: QoS 0 at once or not at all, the others in order, so many on their way as the client takes,
 * each kept by the store until it is acknowledged (4.3, 4.4, 4.6; MQTT 5, 4.9).
 */
import type { Delivery, KeptMessage, NewMessage, SessionRef, SubscriptionOptions, Written } from '@plenum/runtime';
import { keptBytes } from '../codec/kept-message.ts';
import { ackBytes, publishBytes } from '../codec/packet-writer.ts';
import type { AckPacket, OutgoingMessage, Qos } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { readKept } from './read-kept.ts';
import { type Connection, isKept, type Outgoing, type Server, type Session } from './state.ts';

/** A message on its way to subscribers. */
export type Published = {
  readonly message: OutgoingMessage;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly expiresAtMs: number | undefined;
  /** Who published it. */
  readonly from: string | undefined;
};

/** How one session gets it. */
export type How = {
  readonly qos: Qos;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  readonly settled?: (delivery: Delivery) => void;
  /** QoS 1: neither kept nor sent again. */
  readonly once?: boolean;
};

/** `withdrawn`: it is not this server's to deliver. */
export type Kept = Written | 'withdrawn';

export type Keep = (session: Session, message: NewMessage) => Promise<Kept>;

export const howFor = ({ qos, retain }: Pick<Published, 'qos' | 'retain'>, options: SubscriptionOptions): How => ({
  qos: Math.min(qos, options.qos) as Qos, // The lower of two of them.
  retain: retain && options.retainAsPublished,
  subscriptionIds: options.subscriptionId === undefined ? none : [options.subscriptionId],
});

const none: readonly number[] = [];

/** Answers when it is kept, if it has to be: its publisher is not acknowledged before. */
export const deliver = (
  server: Server,
  session: Session,
  published: Published,
  how: How,
  keep?: Keep,
): Promise<Kept> | undefined => {
  if (how.qos === 0) {
    sendAtOnce(server, session, published, how);
    return undefined;
  }
  const { taking } = session;
  if (taking === undefined) return queue(server, session, published, how, keep);
  const { promise, resolve } = Promise.withResolvers<Kept>();
  taking.push(() => resolve(queue(server, session, published, how, keep) ?? 'written'));
  return promise;
};

const sendAtOnce = (
  server: Server,
  { connection }: Session,
  { message, expiresAtMs }: Published,
  { retain, subscriptionIds }: How,
): void => {
  if (connection?.stage !== 'open') return;
  if (connection.out.unsentBytes() > server.limits.unsentBytesMax / 4) {
    server.counts.notDelivered += 1;
    return;
  }
  const sent = { qos: 0, id: 0, dup: false, retain, subscriptionIds, messageExpiryS: leftS(expiresAtMs) } as const;
  const bytes = publishBytes(connection.level, message, sent);
  if (bytes.length <= connection.packetBytesMax) connection.out.write(bytes);
};

/** What each takes beside its topic and payload. */
const overheadBytes = 100;

const queue = (
  server: Server,
  session: Session,
  published: Published,
  how: How,
  keep: Keep | undefined,
): Promise<Kept> | undefined => {
  const { counts, store } = server;
  const { ref } = session;
  const { message, expiresAtMs } = published;
  const { retain, subscriptionIds } = how;
  const qos = how.qos === 2 ? 2 : 1;
  const bytes = message.topic.length + message.payload.length + overheadBytes;
  const isHere = session.connection !== undefined;
  if (!hasSpace(server, session, bytes, isHere)) dropExpired(server, session);
  if (!hasSpace(server, session, bytes, isHere)) {
    counts.notQueued += 1;
    how.settled?.({ outcome: 'refused', by: 'broker', reason: reason.quotaExceeded });
    return undefined;
  }
  session.lastNumber += 1;
  const number = session.lastNumber;
  session.waitingMessages += 1;
  session.waitingBytes += bytes;
  if (how.settled !== undefined) session.waiters.set(number, how.settled);
  const once = how.once === true && qos === 1;
  const body = isKept(session) && !once ? keptBytes({ ...message, qos, retain, subscriptionIds }) : undefined;
  if (once && !isHere) return settleUnsent(session, number, bytes);
  if (!isHere && expiresAtMs !== undefined) session.expiring.push({ number, bytes, expiresAtMs });
  const outgoing: Outgoing = {
    ...{ number, packetId: packetIdOf(number), qos, message, retain, subscriptionIds, expiresAtMs, bytes },
    ...{ sentBefore: false, released: false, isKept: body === undefined, once },
  };
  if (isHere) {
    counts.inMemoryBytes += bytes;
    session.queue.push(outgoing);
  }
  if (body === undefined) {
    sendMore(server, session);
    return undefined;
  }
  const kept = { number, qos, body, expiresAtMs } as const;
  if (qos === 1) {
    const written = heeded(server, session, store.enqueue(ref, kept));
    sendMore(server, session);
    return written;
  }
  return (keep?.(session, kept) ?? heeded(server, session, store.enqueue(ref, kept))).then((answer) => {
    outgoing.isKept = true;
    if (answer === 'withdrawn') takeBack(server, session, outgoing, ref);
    sendMore(server, session);
    return answer;
  });
};

/** Its client has gone meanwhile, and it is not kept. */
const settleUnsent = (session: Session, number: number, bytes: number): undefined => {
  session.waitingMessages -= 1;
  session.waitingBytes -= bytes;
  settle(session, number, { outcome: 'expired' });
};

/** As if it had never been queued. It was not sent yet. */
const takeBack = ({ counts }: Server, session: Session, outgoing: Outgoing, ref: SessionRef): void => {
  if (session.ref !== ref) return; // Its client has come back since, and what waits was counted anew.
  const { number, bytes } = outgoing;
  session.waitingMessages -= 1;
  session.waitingBytes -= bytes;
  session.expiring = session.expiring.filter((one) => one.number !== number);
  const at = session.queue.indexOf(outgoing);
  if (at < 0) return;
  counts.inMemoryBytes -= bytes;
  session.queue.splice(at, 1);
};

/** Makes space in a session that is away, of what nobody would be sent any more. */
const dropExpired = (server: Server, session: Session): void => {
  const nowMs = Date.now();
  const isOver = ({ expiresAtMs }: { readonly expiresAtMs: number }): boolean => expiresAtMs <= nowMs;
  for (const { number, bytes } of session.expiring.filter(isOver)) {
    session.waitingMessages -= 1;
    session.waitingBytes -= bytes;
    settle(session, number, { outcome: 'expired' });
    void heeded(server, session, server.store.remove(session.ref, number));
  }
  session.expiring = session.expiring.filter((one) => !isOver(one));
};

const hasSpace = (
  { counts, limits }: Server,
  { waitingMessages, waitingBytes }: Session,
  bytes: number,
  isHere: boolean,
): boolean => {
  const { queuedMessagesMax, queuedBytesMax, queuedBytesShare, inMemoryBytesMax } = limits;
  if (waitingMessages >= queuedMessagesMax || waitingBytes + bytes > queuedBytesMax) return false;
  return !isHere || waitingBytes + bytes <= queuedBytesShare || counts.inMemoryBytes + bytes <= inMemoryBytesMax;
};

/** A session that the store says is somebody else's is so. What the store cannot take for good is a fault, and stops nobody. */
export const heeded = async <T extends Kept>(
  server: Server,
  { ref }: Pick<Session, 'ref'>,
  written: Promise<T>,
): Promise<T | 'lost'> => {
  try {
    const answer = await written;
    if (answer === 'lost') server.lost(ref);
    return answer;
  } catch (error) {
    server.logger.error({ clientId: ref.clientId, error }, 'the store of sessions does not take a write');
    return 'lost';
  }
};

/** The same numbers for ever, so that after a crash a message goes again under the id it had [MQTT-4.4.0-1]. */
const packetIdOf = (number: number): number => ((number - 1) % 65_535) + 1;

/** Sends what the client takes. */
export const sendMore = (server: Server, session: Session): void => {
  const { connection, inFlight } = session;
  if (connection?.stage !== 'open') return;
  let taken = 0;
  for (const next of session.queue) {
    if (inFlight.size >= connection.windowMax || inFlight.has(next.packetId)) break;
    if (next.qos === 2 && !next.isKept) break;
    taken += 1;
    const unsent = sendOne(connection, session, next);
    if (unsent !== undefined) finish(server, session, next, unsent);
    if (session.connection !== connection) return; // It left too much untaken: the rest is for when it is back.
  }
  if (taken > 0) session.queue.splice(0, taken);
};

/** What becomes of it when it cannot be sent, for its time is over or the client has said that it takes none so large. */
const sendOne = (connection: Connection, session: Session, outgoing: Outgoing): Delivery | undefined => {
  const { packetId: id, qos, retain, subscriptionIds, sentBefore: dup, expiresAtMs, released } = outgoing;
  const { level, out, packetBytesMax } = connection;
  if (released) {
    session.inFlight.set(id, outgoing);
    out.ack('pubrel', id);
    return undefined;
  }
  if (!dup && expiresAtMs !== undefined && expiresAtMs <= Date.now()) return { outcome: 'expired' };
  const messageExpiryS = leftS(expiresAtMs);
  const sent = { qos, id, dup, retain, subscriptionIds, messageExpiryS };
  const bytes = publishBytes(level, outgoing.message, sent);
  if (bytes.length > packetBytesMax) return { outcome: 'refused', by: 'device', reason: reason.packetTooLarge };
  session.inFlight.set(id, outgoing);
  session.sentNumber = Math.max(session.sentNumber, outgoing.number);
  outgoing.sentBefore = true;
  out.write(bytes);
  return undefined;
};

/** What is left of its time is sent on [MQTT-3.3.2-6]; rounded up, and still a number of four bytes. */
const leftS = (expiresAtMs: number | undefined): number | undefined =>
  expiresAtMs === undefined
    ? undefined
    : Math.min(0xffff_ffff, Math.max(1, Math.ceil((expiresAtMs - Date.now()) / 1000)));

/** It waits no longer. */
const finish = (server: Server, session: Session, outgoing: Outgoing, delivery: Delivery): void => {
  const { number, packetId, bytes } = outgoing;
  if (session.inFlight.get(packetId) === outgoing) session.inFlight.delete(packetId);
  session.waitingMessages -= 1;
  session.waitingBytes -= bytes;
  server.counts.inMemoryBytes -= bytes;
  settle(session, number, delivery);
  if (isKept(session) && !outgoing.once) void heeded(server, session, server.store.remove(session.ref, number));
};

const settle = ({ waiters }: Session, number: number, delivery: Delivery): void => {
  waiters.get(number)?.(delivery);
  waiters.delete(number);
};

/** Nobody waits for it any more: what has not been sent yet is not sent. */
export const withdraw = (server: Server, session: Session, waiter: (delivery: Delivery) => void): void => {
  for (const [number, other] of session.waiters) {
    if (other !== waiter) continue;
    session.waiters.delete(number);
    const at = session.queue.findIndex((outgoing) => outgoing.number === number && !outgoing.sentBefore);
    for (const outgoing of at < 0 ? [] : session.queue.splice(at, 1)) {
      finish(server, session, outgoing, { outcome: 'expired' });
    }
  }
};

/** No acknowledgement of this session's messages can come here any more. */
export const nobodyWaits = ({ waiters }: Session): void => {
  for (const settled of waiters.values()) settled({ outcome: 'expired' });
  waiters.clear();
};

/** PUBACK, PUBREC and PUBCOMP of a client. */
export const acknowledged = (server: Server, connection: Connection, packet: AckPacket): void => {
  const { session } = connection;
  if (session === undefined) return;
  const outgoing = session.inFlight.get(packet.id);
  if (packet.type === 'pubrec') {
    received(server, connection, session, packet, outgoing);
  } else if (outgoing !== undefined && (packet.type === 'puback') === (outgoing.qos === 1)) {
    finish(server, session, outgoing, deliveryOf(packet));
  }
  sendMore(server, session);
};

const deliveryOf = ({ reason: code }: AckPacket): Delivery =>
  code < reason.unspecified
    ? { outcome: 'delivered', by: 'device' }
    : { outcome: 'refused', by: 'device', reason: code };

const received = (
  server: Server,
  connection: Connection,
  session: Session,
  packet: AckPacket,
  outgoing: Outgoing | undefined,
): void => {
  const { out, level } = connection;
  if (outgoing?.qos !== 2) {
    if (packet.reason < reason.unspecified) {
      out.write(
        ackBytes(level, 'pubrel', packet.id, outgoing === undefined ? reason.packetIdNotFound : reason.success),
      );
    }
    return;
  }
  if (packet.reason >= reason.unspecified) {
    finish(server, session, outgoing, deliveryOf(packet));
    return;
  }
  settle(session, outgoing.number, deliveryOf(packet));
  const release = (): void => {
    if (session.connection === connection) out.ack('pubrel', packet.id);
  };
  if (outgoing.released || !isKept(session)) {
    outgoing.released = true;
    release();
    return;
  }
  outgoing.released = true;
  void heeded(server, session, server.store.release(session.ref, outgoing.number)).then(
    (written) => written === 'written' && release(),
  );
};

/** Its client has gone: what waits is in the store, or is over. */
export const keepWaiting = (server: Server, session: Session): void => {
  // One that has just been sent may be in both.
  const here = new Set([...session.inFlight.values(), ...session.queue]);
  for (const { bytes } of here) server.counts.inMemoryBytes -= bytes;
  session.inFlight.clear();
  session.queue = [];
  for (const { number, bytes, once } of here) if (once) settleUnsent(session, number, bytes);
  if (isKept(session)) return;
  session.waitingMessages = 0;
  session.waitingBytes = 0;
};

/** Its client is back: what the store has of it waits here again, in order, and goes again under its packet ids. */
export const waitAgain = (server: Server, session: Session, kept: readonly KeptMessage[]): void => {
  const nowMs = Date.now();
  session.waitingMessages = 0;
  session.waitingBytes = 0;
  session.expiring = [];
  session.lastNumber = Math.max(session.lastNumber, kept.at(-1)?.number ?? 0);
  for (const { number, qos, body, expiresAtMs, sent, released } of kept) {
    if (!sent && expiresAtMs !== undefined && expiresAtMs <= nowMs) {
      settle(session, number, { outcome: 'expired' });
      void heeded(server, session, server.store.remove(session.ref, number));
      continue;
    }
    const content = readKept(server, body, { clientId: session.clientId, number });
    if (content === undefined) continue;
    const { retain, qos: _, subscriptionIds = none, ...message } = content;
    const bytes = message.topic.length + message.payload.length + overheadBytes;
    session.waitingMessages += 1;
    session.waitingBytes += bytes;
    server.counts.inMemoryBytes += bytes;
    session.queue.push({
      ...{ number, packetId: packetIdOf(number), qos, message, retain, subscriptionIds, expiresAtMs, bytes },
      ...{ sentBefore: sent, released, isKept: true, once: false },
    });
  }
};
