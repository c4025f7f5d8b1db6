/**
 * Knows a message again that its sender sends once more, where the message itself does not say so: it carries neither an
 * id nor a time, or cannot be read. Within a session a packet id is used again only after it was acknowledged (MQTT 5,
 * 2.2.1), and what was acknowledged is never sent again. So a PUBLISH marked DUP, with the packet id and the bytes of
 * the last that came with it, is that one, unless its sender is known to have our acknowledgement. Then it is a new one
 * whose first copy never came.
 */
import { hash } from 'node:crypto';
import type { Arrival } from '@plenum/runtime';

export type Arrived = {
  readonly topic: string;
  readonly packetId: number;
  readonly dup: boolean;
  readonly payload: Uint8Array;
  /** Of a payload that was not kept whole. */
  readonly oversized: { readonly sha256: string } | undefined;
};

/** Of one session. One message is remembered for each packet id, and those alone that would be new events. */
export type Arrivals = {
  /** What the message is: the one that it repeats, or a new one that arrived at `receivedTimeUs`. */
  of(message: Arrived, receivedTimeUs: number): Arrival;
  /** The message was offered, and `arrival` says whether anything has to be remembered of it. */
  remember(message: Arrived, arrival: Arrival): void;
  /** Our acknowledgement is on its way. */
  acknowledged(packetId: number): void;
  /** A question is on its way whose answer says that everything before it was read. Answers come in order. */
  asked(): void;
  answered(): void;
  /** Another connection of the same session: what was asked on the last one is not answered any more. */
  reconnected(): void;
  /** Another session, or another process had this one meanwhile. */
  forget(): void;
  /** How many messages there were, and how many of them were marked as sent before. */
  totals(): { readonly received: number; readonly redelivered: number };
  /** How many are remembered. */
  size(): number;
};

type Remembered = {
  readonly arrival: Arrival;
  readonly digest: string;
  /** The how manieth acknowledgement it got; `undefined` as long as it has none. */
  acknowledgedAs: number | undefined;
};

export const arrivals = (): Arrivals => {
  /** By packet id, in the order of their arrival, which is that of their acknowledgements. */
  const known = new Map<number, Remembered>();
  let received = 0;
  let redelivered = 0;
  let acknowledgements = 0;
  /** Acknowledgements before each question that has no answer yet. */
  let asked: number[] = [];
  /** So many acknowledgements our peer is known to have. */
  let confirmed = 0;
  const isOver = ({ acknowledgedAs }: Remembered): boolean =>
    acknowledgedAs !== undefined && acknowledgedAs <= confirmed;

  return {
    of: (message, receivedTimeUs) => {
      received += 1;
      if (message.dup) redelivered += 1;
      const before = known.get(message.packetId);
      if (before !== undefined) {
        known.delete(message.packetId);
        if (message.dup && !isOver(before) && before.digest === digestOf(message)) return before.arrival;
      }
      return { receivedTimeUs, id: undefined, counted: false };
    },
    remember: (message, arrival) => {
      if (arrival.id === undefined && !arrival.counted) return;
      known.set(message.packetId, { arrival, digest: digestOf(message), acknowledgedAs: undefined });
    },
    acknowledged: (packetId) => {
      const one = known.get(packetId);
      if (one !== undefined) one.acknowledgedAs = acknowledgements += 1;
    },
    asked: () => {
      asked.push(acknowledgements);
    },
    answered: () => {
      confirmed = asked.shift() ?? confirmed;
      for (const [packetId, one] of known) {
        if (!isOver(one)) break;
        known.delete(packetId);
      }
    },
    reconnected: () => {
      asked = [];
    },
    forget: () => {
      known.clear();
      asked = [];
    },
    totals: () => ({ received, redelivered }),
    size: () => known.size,
  };
};

const digestOf = ({ topic, payload, oversized }: Arrived): string =>
  oversized === undefined
    ? hash('sha1', Buffer.concat([Buffer.from(`${topic}\0`), payload]), 'base64')
    : `${oversized.sha256} ${topic}`;
