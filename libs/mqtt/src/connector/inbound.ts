/** A PUBLISH of the broker, as the ingest loop takes it. */
import type { Arrival, Clock, Inbound, RefusedBySource } from '@plenum/runtime';
import { refusedOversized } from './oversized-publish.ts';
import type { ReceivedPublish } from './packet-reader.ts';

export type InboundParts = {
  /** Ours: a broker does not say who published. */
  readonly clientId: string;
  readonly connection: number;
  readonly clock: Clock;
};

/** @param arrival of what the broker sends again until it is acknowledged: everything but QoS 0. */
export const inbound = (
  { clientId, connection, clock }: InboundParts,
  received: ReceivedPublish,
  arrival: Arrival | undefined,
): Inbound => {
  const { topic, payload, qos } = received;
  const refused = refusal(received);
  return {
    topic: refused === undefined ? topic : printable(topic),
    payload,
    clientId,
    budgetKey: topic,
    connection,
    receivedTimeUs: arrival?.receivedTimeUs ?? clock.nowUs(),
    // The broker waits as long as it takes.
    holdMs: qos === 0 ? undefined : Number.POSITIVE_INFINITY,
    ...(arrival === undefined ? {} : { arrival }),
    ...(refused === undefined ? {} : { refused }),
  };
};

const refusal = ({ topic, payload, oversized }: ReceivedPublish): RefusedBySource | undefined => {
  if (oversized !== undefined) return refusedOversized(oversized);
  if (!topic.includes('\0')) return undefined;
  return { code: 'bad-topic', detail: 'a topic name holds no null character', lengthBytes: payload.length };
};

/** A table keeps no null characters in text, and a topic that a broker hands over was never checked here. */
const printable = (topic: string): string => topic.replaceAll('\0', '\uFFFD');
