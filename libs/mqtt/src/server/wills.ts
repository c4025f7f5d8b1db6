/** Wills: messages that a client leaves for the case that its connection ends without its word (3.1.2.5; MQTT 5, 3.1.3.2). */
import type { KeptWill, SessionRef } from '@plenum/runtime';
import { keptBytes } from '../codec/kept-message.ts';
import type { WillPacket } from '../codec/packets.ts';
import { heeded } from './deliver.ts';
import { hasMoreLevels, ofTheServer } from './names.ts';
import { readKept } from './read-kept.ts';
import { retainAndRoute } from './route.ts';
import type { Server, Session, Will } from './state.ts';

/** The id of its event is given at once, so that a will that is published twice is one event. */
export const willOf = (packet: WillPacket, eventId: string): Will => {
  const { willDelayS = 0, ...properties } = packet.properties;
  const message = { topic: packet.topic, payload: Buffer.from(packet.payload), properties };
  return { message, qos: packet.qos, retain: packet.retain, eventId, delayMs: willDelayS * 1000 };
};

/** Why it would not be published; `undefined` when it would. */
export const willProblem = (topic: string, levelsMax: number): string | undefined => {
  if (topic.startsWith('$')) return ofTheServer;
  return hasMoreLevels(topic, levelsMax) ? `a topic has at most ${levelsMax} levels` : undefined;
};

/** For the store: the id of its event, then the message. */
export const keptWill = ({ message, qos, retain, eventId, delayMs }: Will): KeptWill => ({
  body: Buffer.concat([Buffer.from(eventId, 'latin1'), keptBytes({ ...message, qos, retain })]),
  delayMs,
});

/** `undefined` when it cannot be read. */
export const readWill = (server: Server, clientId: string, body: Uint8Array): Will | undefined => {
  const content = readKept(server, body.subarray(eventIdLength), { clientId });
  if (content === undefined) return undefined;
  const { qos, retain, subscriptionIds: _, ...message } = content;
  const eventId = Buffer.from(body.buffer, body.byteOffset, eventIdLength).toString('latin1');
  return { message, qos, retain, eventId, delayMs: 0 };
};

const eventIdLength = 36;

/** When its delay is over, or its session, whichever is first [MQTT-3.1.3-9]. */
export const willDueAtMs = ({ delayMs }: Will, { endsAtMs }: Session, nowMs: number): number =>
  Math.min(nowMs + delayMs, endsAtMs);

/** Publishes a client's will that is pending. It stays in the store until the log has it. */
export const publishWill = (server: Server, clientId: string): void => {
  const pending = server.wills.get(clientId);
  if (pending === undefined) return;
  server.wills.delete(clientId);
  publish(server, clientId, pending);
};

/** Publishes the will of a session that has ended elsewhere: nobody keeps it any more. */
export const publishEndedWill = (server: Server, clientId: string, will: Will): void => {
  if (!server.publishing.has(will.eventId)) publish(server, clientId, { will, session: undefined });
};

type ToPublish = { readonly will: Will; readonly session: SessionRef | undefined };

const publish = (server: Server, clientId: string, { will, session }: ToPublish): void => {
  const { ingest, clock, store } = server;
  const { topic, payload, properties } = will.message;
  server.numbers += 1;
  ingest.received(1); // No connection brought it.
  server.publishing.add(will.eventId);
  const message = {
    ...{ topic, payload, clientId, connection: server.numbers, receivedTimeUs: clock.nowUs() },
    ...(properties?.userProperties && { userProperties: properties.userProperties }),
    arrival: { receivedTimeUs: clock.nowUs(), id: will.eventId, counted: false },
    holdMs: willHoldMs,
  };
  ingest.offer(message, (outcome, refusal) => {
    server.publishing.delete(will.eventId);
    if (outcome !== 'safe') return; // It is in the store, and published by the server that adopts the session.
    if (session !== undefined) void heeded(server, { ref: session }, store.forgetWill(session));
    if (refusal !== undefined) return;
    const { messageExpiryS, ...others } = properties ?? {};
    const expiresAtMs = messageExpiryS === undefined ? undefined : Date.now() + messageExpiryS * 1000;
    void retainAndRoute(server, {
      ...{ message: { topic, payload, properties: others }, qos: will.qos, retain: will.retain, expiresAtMs },
      from: clientId,
    });
  });
};

/** However long the log is away: nobody waits. */
const willHoldMs = 24 * 60 * 60 * 1000;

/** Those that are due. */
export const publishDueWills = (server: Server, nowMs: number): void => {
  for (const [clientId, { dueAtMs }] of server.wills) if (dueAtMs <= nowMs) publishWill(server, clientId);
};
