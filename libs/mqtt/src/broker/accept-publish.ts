/**
 * What happens to a PUBLISH before anyone hears of it. Aedes asks here (`authorizePublish`) before it acknowledges
 * QoS 1 and 2; the answer is held until the message is safe.
 */

import type { Clock, Inbound, Ingest, Outcome, Settled } from '@plenum/runtime';
import type { Client, PublishPacket } from 'aedes';
import { type OversizedPublish, refusedOversized } from '../guard/oversized-publish.ts';
import type { BadTopic, TakenOut } from '../guard/taken-out.ts';
import { shownBytes } from '../guard/utf8.ts';
import { type Connection, closeWhenDone } from './connection.ts';
import type { KeptArrivals } from './kept-arrivals.ts';
import type { Ending, Qos2Window } from './qos2-window.ts';
import { mayReadOn } from './read-ahead.ts';
import { topicProblem } from './topics.ts';

/** Without an error: go on, acknowledge and deliver. With one: close the connection. */
type Answer = (error?: Error | null) => void;

export type AcceptParts = {
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly qos2: Qos2Window;
  readonly kept: KeptArrivals;
  /** A message was asked about; those who wait for a connection to run dry look again. */
  readonly asked: () => void;
};

export type Asked = { readonly connection: Connection; readonly client: Client; readonly packet: PublishPacket };

export const acceptPublish =
  (parts: AcceptParts) =>
  ({ connection, client, packet }: Asked, answer: Answer): void => {
    if (packet === connection.will) {
      acceptWill(parts, { connection, client, packet }, answer);
      return;
    }
    connection.asked += 1;
    parts.asked();
    const taken = connection.takenOut.size === 0 ? undefined : takeBack(connection, packet.topic);
    if (taken?.badTopic === undefined) acceptGood(parts, { connection, client, packet }, taken?.oversized, answer);
    // Nobody waits for it and nobody is answered: the connection is closed, which is all that MQTT 3.1.1 lets us say.
    else
      offer(
        parts,
        inbound(parts, connection, packet, refusedTopic(taken.badTopic, packet, taken.oversized)),
        undefined,
      );
    closeWhenDone(connection);
  };

const acceptGood = (
  parts: AcceptParts,
  asked: Asked,
  oversized: OversizedPublish | undefined,
  answer: Answer,
): void => {
  const { connection, client, packet } = asked;
  const { dup } = packet;
  packet.dup = false; // It says how it came here, not how it goes to others [MQTT-3.3.1-3].
  const message = inbound(parts, connection, packet, oversized && replaced(oversized));
  if (packet.qos === 0) {
    offer(parts, message, undefined);
    answer(null);
  } else if (packet.qos === 1 && !client.clean) {
    acceptAgain(parts, { connection, message, dup, packetId: packet.messageId ?? 0 }, held(asked, answer));
  } else if (packet.qos === 1) {
    offer(parts, message, held(asked, answer));
  } else {
    acceptOnce(parts, { connection, packet, message }, held(asked, answer));
  }
};

type Again = {
  readonly connection: Connection;
  readonly message: Inbound;
  readonly dup: boolean;
  readonly packetId: number;
};

/** QoS 1 in a session that is kept: a copy of a message becomes the same event, whether or not the message says so. */
const acceptAgain = (parts: AcceptParts, { connection, message, dup, packetId }: Again, settled: Settled): void => {
  const { kept } = parts;
  const { clientId } = connection;
  const { topic, payload, refused, receivedTimeUs } = message;
  const oversized = refused?.sha256 === undefined ? undefined : { sha256: refused.sha256 };
  const arrived = { topic, packetId, dup, payload, oversized };
  const arrival = kept.arrived(clientId, arrived, receivedTimeUs);
  offer(parts, { ...message, receivedTimeUs: arrival.receivedTimeUs, arrival }, (outcome) => {
    if (outcome === 'safe' && !connection.closed) kept.acknowledged(clientId, packetId);
    settled(outcome);
  });
  kept.offered(clientId, arrived, arrival);
};

/** QoS 2: a copy of a message that is in hand or safe is not taken again. */
const acceptOnce = (
  parts: AcceptParts,
  { connection, packet, message }: Omit<Asked, 'client'> & { readonly message: Inbound },
  settled: Settled,
): void => {
  const waiter: Ending = { safe: () => settled('safe'), lost: () => settled('unsafe') };
  const first = parts.qos2.arrived(connection.clientId, packet.messageId ?? 0, waiter);
  if (first === undefined) {
    parts.ingest.drop('qos2-duplicate', 1);
    return;
  }
  offer(parts, message, (outcome) => {
    if (outcome === 'safe') first.safe();
    else first.lost();
    settled(outcome);
  });
};

/** A will is published by a connection that is gone: it was never counted at the socket, and nobody waits for it. */
const acceptWill = (parts: AcceptParts, { connection, packet }: Asked, answer: Answer): void => {
  parts.ingest.received(1);
  const problem = topicProblem(packet.topic);
  const shown = shownBytes(Buffer.from(packet.topic));
  const differing = problem === undefined ? { holdMs: undefined } : refusedTopic({ shown, problem }, packet);
  offer(parts, inbound(parts, connection, packet, differing), undefined);
  answer(problem === undefined ? null : new Error(problem));
};

const held = ({ connection, client, packet }: Asked, answer: Answer): Settled => {
  const bytes = packet.payload.length;
  connection.held += 1;
  connection.heldBytes += bytes;
  mayReadOn(client, connection.heldBytes < heldBytesMax);
  return (outcome: Outcome) => {
    connection.held -= 1;
    connection.heldBytes -= bytes;
    mayReadOn(client, connection.heldBytes < heldBytesMax);
    // A closed client's answer would only raise another error; its message is in the log all the same.
    if (connection.closed) return;
    answer(outcome === 'safe' ? null : new Error('the log did not take its message in time'));
    if (connection.held === 0 && connection.guard.ended()) connection.guard.resume();
    closeWhenDone(connection);
  };
};

/** Of one connection: from so many on it waits. A small part of what may be in hand, so that nobody takes all of it. */
const heldBytesMax = 64 * 1024;

const offer = ({ ingest }: AcceptParts, message: Inbound, settled: Settled | undefined): void => {
  // Nothing to do when capacity is used up: the guards ask before they read on.
  ingest.offer(message, settled ?? ignore);
};

const ignore = (): void => undefined;

const inbound = (
  { clock }: AcceptParts,
  connection: Connection,
  packet: PublishPacket,
  differing?: Partial<Inbound>,
): Inbound => {
  const message = {
    topic: packet.topic,
    payload: bytesOf(packet.payload),
    clientId: connection.clientId,
    connection: connection.number,
    receivedTimeUs: clock.nowUs(),
    holdMs: packet.qos === 0 ? undefined : connection.holdMs,
  };
  return differing === undefined ? message : { ...message, ...differing };
};

const bytesOf = (payload: string | Buffer): Uint8Array =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

const takeBack = (connection: Connection, topic: string): TakenOut | undefined => {
  const taken = connection.takenOut.get(topic);
  connection.takenOut.delete(topic);
  return taken;
};

const refusedTopic = (
  { shown, problem }: BadTopic,
  { payload }: PublishPacket,
  oversized?: OversizedPublish,
): Partial<Inbound> => ({
  topic: shown,
  holdMs: undefined,
  ...(oversized === undefined ? {} : { payload: oversized.beginning }),
  refused: {
    code: 'bad-topic',
    detail: problem,
    lengthBytes: oversized?.payloadBytes ?? payload.length,
    ...(oversized === undefined ? {} : { sha256: oversized.sha256 }),
  },
});

/** What is quarantined for the stand-in of an oversized message. */
const replaced = (oversized: OversizedPublish): Partial<Inbound> => ({
  topic: oversized.topic,
  payload: oversized.beginning,
  refused: refusedOversized(oversized),
});
