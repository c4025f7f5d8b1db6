/**
 * What was observed and is not in the log yet. What is said of one client stays in its order. There is a bound for each client and
 * one for all together; beyond them the oldest gives way, for what happened last is what counts.
 */
import { ClientSeen } from '@plenum/device';
import type { Observation } from './presence-events.ts';

export type PresenceWaiting = {
  add(observation: Observation): void;
  /** The next ones, at most so many: those of the client that has waited longest first. */
  take(max: number): readonly Observation[];
  count(): number;
  /** How many gave way. */
  dropped(): number;
};

/** Enough for a connection that ended, one that came and went, and one that came. */
const ofClientMax = 4;

export const presenceWaiting = (max: number): PresenceWaiting => {
  /** In the order in which clients began to wait. */
  const waiting = new Map<string, Observation[]>();
  let count = 0;
  let dropped = 0;
  const drop = (clientId: string, all: Observation[]): void => {
    all.shift();
    if (all.length === 0) waiting.delete(clientId);
    count -= 1;
    dropped += 1;
  };
  return {
    add: (observation) => {
      const { client_id } = observation.data;
      const all = waiting.get(client_id) ?? [];
      if (saysAgain(all.at(-1), observation)) {
        all[all.length - 1] = observation;
        return;
      }
      all.push(observation);
      waiting.set(client_id, all);
      count += 1;
      if (all.length > ofClientMax) drop(client_id, all);
      for (const [oldest, its] of waiting) {
        if (count <= max) break;
        drop(oldest, its);
      }
    },
    take: (most) => {
      const taken: Observation[] = [];
      for (const [clientId, all] of waiting) {
        if (taken.length >= most) break;
        taken.push(...all.splice(0, most - taken.length));
        if (all.length === 0) waiting.delete(clientId);
      }
      count -= taken.length;
      return taken;
    },
    count: () => count,
    dropped: () => dropped,
  };
};

/** That a connection is still there is said once, by the last packet. */
const saysAgain = (before: Observation | undefined, now: Observation): boolean => {
  const seen = connectionSeen(now);
  return seen !== undefined && before !== undefined && connectionSeen(before) === seen;
};

const connectionSeen = ({ type, data }: Observation): string | undefined =>
  type === ClientSeen.type && 'connection_id' in data ? data.connection_id : undefined;
