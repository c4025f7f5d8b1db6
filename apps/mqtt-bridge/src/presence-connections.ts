/** The connections that are reported as begun and not as ended, each with the id that it was given. */
import type { ConnectedClient } from '@plenum/mqtt';
import type { Connection } from './presence-events.ts';

export type PresenceConnections = {
  begin(client: ConnectedClient): Connection;
  /** The connection as it is now, which is one no more; one that nobody knew began as it says. */
  end(client: ConnectedClient): Connection;
  /** The connection as it is now, if a packet came since the last time that this answered, or since it began. */
  heardSince(client: ConnectedClient): Connection | undefined;
  has(clientId: string): boolean;
};

type Known = { readonly id: string; readonly sinceMs: number; heardMs: number };

export const presenceConnections = (replica: string, newId: (timeUs: number) => string): PresenceConnections => {
  /** More than one of a client only while one takes over from the other. */
  const known = new Map<string, readonly Known[]>();
  const of = ({ clientId, sinceMs }: ConnectedClient): Known | undefined =>
    known.get(clientId)?.find((one) => one.sinceMs === sinceMs);
  const idFor = ({ sinceMs }: ConnectedClient): string => newId(Math.floor(sinceMs) * 1000);
  return {
    begin: (client) => {
      const { clientId, sinceMs, lastPacketMs } = client;
      const one = { id: idFor(client), sinceMs, heardMs: lastPacketMs };
      known.set(clientId, [...(known.get(clientId) ?? []), one]);
      return { id: one.id, replica, client };
    },
    end: (client) => {
      const one = of(client);
      const others = (known.get(client.clientId) ?? []).filter((other) => other !== one);
      if (others.length === 0) known.delete(client.clientId);
      else known.set(client.clientId, others);
      return { id: one?.id ?? idFor(client), replica, client };
    },
    heardSince: (client) => {
      const one = of(client);
      if (one === undefined || client.lastPacketMs <= one.heardMs) return undefined;
      one.heardMs = client.lastPacketMs;
      return { id: one.id, replica, client };
    },
    has: (clientId) => known.has(clientId),
  };
};
