/** What happens to a PUBLISH: it goes to the log, then to subscribers, and then its sender is acknowledged (3.3, 4.3). */
import type { MessageRefusal } from '@plenum/event';
import type { Arrival, Inbound, RefusedBySource, Settled } from '@plenum/runtime';
import type { BadTopic, Properties, PublishPacket, UserProperties } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { type Answer, acknowledge } from './acknowledge.ts';
import { closeAfterAnswers, closeNow, closeWhenAnswered } from './close.ts';
import { heeded, type Published } from './deliver.ts';
import { goAhead } from './in-turn.ts';
import { hasMoreLevels } from './names.ts';
import { forwarded, retain, retainAndRoute } from './route.ts';
import { type Arrived, type Connection, isKept, type Server, type Session } from './state.ts';

/**
 * `readOn` is called when the connection may be read again. Tens of thousands of messages a second pass through here and wait for
 * the log, so each is as few objects as it can be, and what waits holds on to nothing of the bytes that came in.
 */
export const acceptPublish = (server: Server, connection: Connection, packet: PublishPacket, readOn: ReadOn): void => {
  const { ingest, limits, clock } = server;
  ingest.received(1);
  const { badTopic, oversized, qos, properties } = packet;
  if (badTopic !== undefined) {
    refuseTopic(server, connection, packet, badTopic, readOn);
    return;
  }
  const topic = topicOf(server, connection, packet);
  if (topic === undefined) {
    ingest.drop('connection-closed', 1);
    const isTooLarge = (properties?.topicAlias ?? 0) > limits.topicAliasMaximum;
    const code = isTooLarge ? reason.topicAliasInvalid : reason.protocolError;
    closeAfterAnswers(server, connection, violation(code, 'a topic alias that stands for no topic'));
    return;
  }
  if (hasMoreLevels(topic, limits.topicLevelsMax)) {
    ingest.drop('connection-closed', 1);
    const why = `a topic has at most ${limits.topicLevelsMax} levels`;
    closeAfterAnswers(server, connection, violation(reason.topicNameInvalid, why));
    return;
  }
  if (qos > 0 && connection.level === 5 && connection.unacknowledged >= limits.receiveMaximum) {
    ingest.drop('connection-closed', 1);
    const why = `more than ${limits.receiveMaximum} messages that are not acknowledged`;
    closeAfterAnswers(server, connection, violation(reason.receiveMaximumExceeded, why));
    return;
  }
  const forbidden = connection.rights?.publish(topic);
  const refused =
    oversized !== undefined
      ? refusedOversized(packet)
      : forbidden === undefined
        ? undefined
        : notAuthorized(packet, forbidden);
  const message = withBesides(inbound(server, connection, packet, topic), refused, properties?.userProperties);
  const published =
    refused === undefined && (packet.retain || server.subscribers.match(topic).length > 0)
      ? publishedOf(connection, packet, message, clock.nowUs() / 1000)
      : undefined;
  const accepted: Accepted = { server, connection, packet, message, published, readOn };
  if (qos === 0) acceptInTurn(accepted);
  else if (qos === 1) acceptAgain(accepted);
  else acceptOnce(accepted);
  if (oversized !== undefined && connection.level === 5) {
    const why = `a packet has at most ${limits.packetBytesMax} bytes`;
    closeAfterAnswers(server, connection, violation(reason.packetTooLarge, why));
  }
};

/** Nobody waits for it: the connection is closed, which is all that MQTT 3.1.1 lets us say. */
const refuseTopic = (
  server: Server,
  connection: Connection,
  packet: PublishPacket,
  { shown, problem, reason: code }: BadTopic,
  readOn: ReadOn,
): void => {
  const refused = refusedTopic(packet, problem);
  const message = { ...inbound(server, connection, packet, shown), holdMs: undefined, refused };
  inTurn({ server, connection, message, readOn }, undefined, offering(server, message, nothing));
  closeAfterAnswers(server, connection, violation(code, problem));
};

type ReadOn = (server: Server, connection: Connection) => void;

type Accepted = {
  readonly server: Server;
  readonly connection: Connection;
  readonly packet: PublishPacket;
  readonly message: Inbound;
  /** What subscribers get, if there are any. */
  readonly published: Published | undefined;
  readonly readOn: ReadOn;
};

const violation = (code: number, why: string) => ({ reason: code, why, because: 'violation' as const });

const inbound = (
  { clock }: Server,
  { clientId, number, holdMs, gate }: Connection,
  { payload, qos }: PublishPacket,
  topic: string,
): Inbound => ({
  topic,
  // What has to wait before it is offered outlives the bytes that came in.
  payload: qos === 2 || gate.length > 0 ? Buffer.from(payload) : payload,
  clientId,
  connection: number,
  receivedTimeUs: clock.nowUs(),
  holdMs: qos === 0 ? undefined : holdMs,
});

/** Most messages have neither, and stay as they are. */
const withBesides = (
  message: Inbound,
  refused: RefusedBySource | undefined,
  userProperties: UserProperties | undefined,
): Inbound =>
  refused === undefined && userProperties === undefined
    ? message
    : { ...message, ...(refused && { refused }), ...(userProperties && { userProperties }) };

/** `undefined` when its alias stands for nothing (MQTT 5, 3.3.2.3.4). */
const topicOf = (
  { limits }: Server,
  connection: Connection,
  { topic, properties }: PublishPacket,
): string | undefined => {
  const alias = properties?.topicAlias;
  if (alias === undefined) return topic;
  if (alias > limits.topicAliasMaximum) return undefined;
  if (topic === '') return connection.aliases?.get(alias);
  connection.aliases ??= new Map();
  connection.aliases.set(alias, topic);
  return topic;
};

/** Its payload is copied: what came in is read over before the log has answered. */
const publishedOf = (
  { clientId }: Connection,
  { payload, qos, retain, properties }: PublishPacket,
  { topic }: Inbound,
  nowMs: number,
): Published => ({
  message: { topic, payload: Buffer.from(payload), properties: copied(forwarded(properties)) },
  ...{ qos, retain, from: clientId },
  expiresAtMs: properties?.messageExpiryS === undefined ? undefined : nowMs + properties.messageExpiryS * 1000,
});

const copied = (properties: Properties | undefined): Properties | undefined =>
  properties?.correlationData === undefined
    ? properties
    : { ...properties, correlationData: Buffer.from(properties.correlationData) };

const acceptInTurn = (accepted: Accepted): void => inTurn(accepted, undefined, () => acceptUnacknowledged(accepted));

/** Nobody waits for it: it is recorded when there is capacity, and delivered as soon as those before it are. */
const acceptUnacknowledged = ({ server, connection, message, published }: Accepted): void => {
  server.ingest.offer(message, nothing);
  if (published === undefined) return;
  const { offered, settled, behind } = connection;
  const go = (): void => void retainAndRoute(server, published);
  if (offered === settled) go();
  else behind.push({ offered, go });
};

const deliverBehind = ({ behind, settled }: Connection): void => {
  while (behind[0] !== undefined && behind[0].offered <= settled) behind.shift()?.go();
};

/** QoS 1. In a session that is kept a copy of a message becomes the same event, whether or not the message says so. */
const acceptAgain = (accepted: Accepted): void => {
  const { server, connection, message } = accepted;
  const { session, gate } = connection;
  const answer = answered(accepted, 'puback');
  if (session !== undefined && isKept(session)) acceptKept(accepted, answer);
  else if (gate.length === 0) server.ingest.offer(message, answer);
  else inTurn(accepted, undefined, offering(server, message, answer));
};

const offering =
  ({ ingest }: Server, message: Inbound, settled: Settled) =>
  (): void =>
    void ingest.offer(message, settled);

const acceptKept = (accepted: Accepted, answer: Settled): void => {
  const { server, connection, packet, message } = accepted;
  const { clientId } = connection;
  const { repeated } = server;
  const { topic, payload, refused, receivedTimeUs } = message;
  const oversized = refused?.sha256 === undefined ? undefined : { sha256: refused.sha256 };
  const arrived = { topic, packetId: packet.id, dup: packet.dup, payload, oversized };
  const arrival = repeated.arrived(clientId, arrived, receivedTimeUs);
  inTurn(accepted, undefined, () => {
    server.ingest.offer({ ...message, receivedTimeUs: arrival.receivedTimeUs, arrival }, (outcome, refusal) => {
      if (outcome === 'safe' && connection.stage !== 'closed') repeated.acknowledged(clientId, packet.id);
      answer(outcome, refusal);
    });
    repeated.offered(clientId, arrived, arrival);
  });
};

/** QoS 2: a copy of a message that is in hand or safe is not taken again. */
const acceptOnce = (accepted: Accepted): void => {
  const { server, connection, packet, message } = accepted;
  const { session } = connection;
  if (session === undefined) return;
  const known = session.arrivals.get(packet.id);
  if (known !== undefined && known.state !== 'kept') {
    acceptCopy(accepted, known);
    return;
  }
  if (known === undefined && session.arrivals.size >= server.limits.receiveMaximum) {
    server.ingest.drop('connection-closed', 1);
    const why = `more than ${server.limits.receiveMaximum} messages of QoS 2 that are not released`;
    closeAfterAnswers(server, connection, violation(reason.receiveMaximumExceeded, why));
    return;
  }
  const { receivedTimeUs } = message;
  const arrived: Arrived = known ?? {
    eventId: server.newId(receivedTimeUs),
    receivedTimeUs,
    state: 'in-hand',
    waiting: [],
  };
  arrived.state = 'in-hand';
  session.arrivals.set(packet.id, arrived);
  const { eventId } = arrived;
  const arrival: Arrival = { receivedTimeUs: arrived.receivedTimeUs, id: eventId, counted: false };
  const answer = answered(accepted, 'pubrec', (before) => notePassedOn(accepted, session, arrived, before));
  const settled: Settled = (outcome, refusal) => {
    const safe = outcome === 'safe';
    // Not if its session has ended, or the id was released and used again since.
    if (session.arrivals.get(packet.id) === arrived) {
      if (safe && refusal !== undefined && connection.level === 5) freeId(server, session, packet.id);
      else if (safe) arrived.state = 'safe';
      else if (isKept(session)) arrived.state = 'kept';
      else session.arrivals.delete(packet.id);
    }
    for (const wait of arrived.waiting.splice(0)) wait(safe);
    answer(outcome, refusal);
  };
  const kept =
    isKept(session) && known === undefined
      ? heeded(
          server,
          session,
          server.store.arrive(session.ref, { packetId: packet.id, eventId, receivedTimeUs, passedOn: false }),
        )
      : undefined;
  inTurn(accepted, kept, () =>
    server.ingest.offer({ ...message, receivedTimeUs: arrived.receivedTimeUs, arrival }, settled),
  );
};

/**
 * Notes that subscribers have a message, together with what was queued for them: the server that has the session when a copy
 * comes does not pass that on again.
 */
const notePassedOn = (
  { server, packet, message }: Accepted,
  session: Session,
  arrived: Arrived,
  before: Promise<unknown> | undefined,
): Promise<unknown> | undefined => {
  if (!isKept(session)) return before;
  const { eventId, receivedTimeUs } = arrived;
  const note = async (): Promise<void> => {
    if (session.arrivals.get(packet.id) !== arrived) return; // Its exchange is over.
    const kept = { packetId: packet.id, eventId, receivedTimeUs, passedOn: true };
    await heeded(server, session, server.store.arrive(session.ref, kept));
  };
  // For a session that is being taken it is queued afterwards.
  const isTaken = server.subscribers.match(message.topic).some(({ subscriber }) => subscriber.taking !== undefined);
  return isTaken && before !== undefined ? before.then(note) : Promise.all([before, note()]);
};

/** A PUBREC that says no ends the exchange: there is no PUBREL (MQTT 5, 4.3.3). */
const freeId = (server: Server, session: Session, packetId: number): void => {
  session.arrivals.delete(packetId);
  if (isKept(session)) void heeded(server, session, server.store.complete(session.ref, packetId));
};

const acceptCopy = ({ server, connection, packet }: Accepted, known: Arrived): void => {
  server.ingest.drop('qos2-duplicate', 1);
  connection.unacknowledged += 1;
  const answer: Answer = { type: 'pubrec', id: packet.id, refusal: undefined };
  if (known.state === 'safe') {
    acknowledge(server, connection, answer, undefined);
    return;
  }
  known.waiting.push((safe) => {
    if (safe && connection.stage !== 'closed') acknowledge(server, connection, answer, undefined);
  });
};

/** Counts a message as held until it is answered. `noted` notes that subscribers have it, for which the answer waits. */
const answered = (
  { server, connection, packet, message, published, readOn }: Accepted,
  type: Answer['type'],
  noted: (before: Promise<unknown> | undefined) => Promise<unknown> | undefined = (before) => before,
): Settled => {
  const { id } = packet;
  const bytes = message.payload.length;
  connection.held += 1;
  connection.heldBytes += bytes;
  connection.offered += 1;
  connection.unacknowledged += 1;
  return (outcome, refusal) => {
    connection.held -= 1;
    connection.heldBytes -= bytes;
    connection.settled += 1;
    const kept = outcome === 'safe' && published !== undefined ? noted(passOn(server, published, refusal)) : undefined;
    deliverBehind(connection);
    // A closed connection has nobody to answer; its message is in the log all the same.
    if (connection.stage === 'closed') return;
    if (outcome === 'safe') acknowledge(server, connection, { type, id, refusal }, kept);
    else {
      const why = 'the log did not take a message in time';
      closeNow(server, connection, { reason: reason.serverBusy, why, because: 'refused' });
      return;
    }
    if (connection.stage === 'closing') closeWhenAnswered(server, connection);
    else if (connection.paused || connection.peerEnded) readOn(server, connection);
  };
};

/**
 * What is in quarantine goes to nobody: its sender hears that it was not taken, and subscribers of what was. But an empty message
 * is none that could be read, and takes away what is retained all the same [MQTT-3.3.1-6].
 */
const passOn = (
  server: Server,
  published: Published,
  refusal: MessageRefusal | undefined,
): Promise<unknown> | undefined => {
  if (refusal === undefined) return retainAndRoute(server, published);
  return published.retain && published.message.payload.length === 0 ? retain(server, published) : undefined;
};

/**
 * Offers a message after those before it: `kept` settles when the store has what has to be known of it first.
 */
const inTurn = (
  { server, connection, message, readOn }: Pick<Accepted, 'server' | 'connection' | 'message' | 'readOn'>,
  kept: Promise<unknown> | undefined,
  go: () => void,
): void => {
  const { gate } = connection;
  if (kept === undefined && gate.length === 0) {
    go();
    return;
  }
  const drop = (): void => {
    if (message.holdMs === undefined) go();
    else server.ingest.drop('connection-closed', 1);
  };
  const waiting = { ready: kept === undefined, sinceMs: Date.now(), go, drop };
  gate.push(waiting);
  void kept?.then(() => {
    waiting.ready = true;
    if (connection.stage === 'closed') return;
    goAhead(gate);
    server.looksAgain();
    closeWhenAnswered(server, connection);
    if (connection.paused || connection.peerEnded) readOn(server, connection);
  });
};

const nothing = (): void => undefined;

const lengthOf = ({ payload, oversized }: PublishPacket): number => oversized?.payloadBytes ?? payload.length;

const digestOf = ({ oversized }: PublishPacket) => (oversized === undefined ? {} : { sha256: oversized.sha256 });

const refusedTopic = (packet: PublishPacket, problem: string): RefusedBySource => ({
  ...{ code: 'bad-topic', detail: problem, lengthBytes: lengthOf(packet) },
  ...digestOf(packet),
});

const refusedOversized = (packet: PublishPacket): RefusedBySource => ({
  code: 'oversized',
  detail: `the payload has ${lengthOf(packet)} bytes; its packet is larger than this bridge takes`,
  lengthBytes: lengthOf(packet),
  ...digestOf(packet),
});

const notAuthorized = (packet: PublishPacket, why: string): RefusedBySource => ({
  ...{ code: 'not-authorized', detail: why, lengthBytes: lengthOf(packet) },
  ...digestOf(packet),
});
