/**
 * Of each session that is kept, the messages that its client may send again: with QoS 1 until it has our PUBACK, which may be
 * lost with the connection. What such a copy is, `redelivery/arrivals.ts` decides; here is when a client is taken to have a
 * PUBACK, and how much is remembered of all of them.
 */
import type { Arrival } from '@plenum/runtime';
import { type Arrivals, type Arrived, arrivals } from './arrivals.ts';

export type KeptArrivals = {
  /** What the message is: the one that it repeats, or a new one that arrived at `receivedTimeUs`. */
  arrived(clientId: string, message: Arrived, receivedTimeUs: number): Arrival;
  /** The message was offered. */
  offered(clientId: string, message: Arrived, arrival: Arrival): void;
  /** Its PUBACK is on its way. */
  acknowledged(clientId: string, packetId: number): void;
  /** The client has connected again, and its session goes on. */
  reconnected(clientId: string): void;
  /** The session has ended, or begins anew. */
  ended(clientId: string): void;
  /** Time has passed in which these clients stayed connected. */
  stayed(clientIds: Iterable<string>): void;
  /** How many messages are remembered. */
  size(): number;
};

/**
 * How often clients that stayed connected are asked for: what was acknowledged before the last time is known to have come. A client
 * that is gone is noticed sooner, by its keepalive, which is a minute with most.
 */
export const stayedEveryMs = 120_000;

/** Some 250 bytes each. Few devices have any: a message that says when it was needs no memory. */
const rememberedMax = 50_000;

export const keptArrivals = (messagesMax = rememberedMax): KeptArrivals => {
  /** By client id; the one that sent something last is at the end. */
  const sessions = new Map<string, Arrivals>();
  let size = 0;

  const counted = <T>(known: Arrivals, work: () => T): T => {
    const before = known.size();
    const result = work();
    size += known.size() - before;
    return result;
  };
  const drop = (clientId: string): void => {
    size -= sessions.get(clientId)?.size() ?? 0;
    sessions.delete(clientId);
  };
  const evictOldest = (): void => {
    for (const clientId of sessions.keys()) {
      if (size <= messagesMax) return;
      drop(clientId);
    }
  };

  return {
    arrived: (clientId, message, receivedTimeUs) => {
      const known = sessions.get(clientId);
      return known === undefined
        ? { receivedTimeUs, id: undefined, counted: false }
        : counted(known, () => known.of(message, receivedTimeUs));
    },
    offered: (clientId, message, arrival) => {
      if (arrival.id === undefined && !arrival.counted) return;
      const known = sessions.get(clientId) ?? arrivals();
      sessions.delete(clientId);
      sessions.set(clientId, known);
      counted(known, () => known.remember(message, arrival));
      evictOldest();
    },
    acknowledged: (clientId, packetId) => sessions.get(clientId)?.acknowledged(packetId),
    reconnected: (clientId) => sessions.get(clientId)?.reconnected(),
    ended: drop,
    stayed: (clientIds) => {
      for (const clientId of clientIds) {
        const known = sessions.get(clientId);
        if (known === undefined) continue;
        counted(known, known.answered);
        if (known.size() === 0) sessions.delete(clientId);
        else known.asked();
      }
    },
    size: () => size,
  };
};
