/** What happens to a PUBLISH: it goes to the log, then to subscribers, and then its sender is acknowledged (3.3, 4.3). */
import type { Inbound, RefusedBySource, Settled } from '@plenum/runtime';
import type { BadTopic, Properties, PublishPacket, UserProperties } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { acceptOnce } from './accept-once.ts';
import { type Accepted, answered, inTurn, type ReadOn, violation } from './accepted.ts';
import { closeAfterAnswers } from './close.ts';
import type { Published } from './deliver.ts';
import { countDenied } from './denied-publishes.ts';
import { hasMoreLevels } from './names.ts';
import { forwarded, retainAndRoute } from './route.ts';
import { type Connection, isKept, type Server } from './state.ts';

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
  if (forbidden !== undefined) countDenied(server, connection, message.receivedTimeUs / 1000);
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
