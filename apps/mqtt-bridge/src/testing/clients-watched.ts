/** Clients that connect and disconnect as a test says, at the time that it says. */
import type { ClientChange, ClientWatch, ConnectedClient } from '@plenum/mqtt';

type Because = Extract<ClientChange, { change: 'disconnected' }>['because'];

export type ClientsWatched = ClientWatch & {
  connect(clientId: string, more?: Partial<ConnectedClient>): void;
  /** Something came from it. */
  packet(clientId: string): void;
  disconnect(clientId: string, because?: Because): void;
  tell(change: ClientChange): void;
  /** Whether anybody is called back. */
  isWatched(): boolean;
};

export const clientsWatched = (nowMs: () => number): ClientsWatched => {
  const clients = new Map<string, ConnectedClient>();
  const listeners = new Set<(change: ClientChange) => void>();
  const tell = (change: ClientChange): void => {
    for (const listener of listeners) listener(change);
  };
  const of = (clientId: string): ConnectedClient => {
    const client = clients.get(clientId);
    if (client === undefined) throw new Error(`${clientId} is not connected`);
    return client;
  };
  return {
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connected: () => [...clients.values()],
    reaches: ({ clientId = '' }) => clients.has(clientId),
    connect: (clientId, more = {}) => {
      const times = { sinceMs: nowMs(), lastPacketMs: nowMs() };
      const client: ConnectedClient = { clientId, ...times, level: 5, userName: undefined, keepAliveS: 60, ...more };
      clients.set(clientId, client);
      tell({ change: 'connected', client });
    },
    packet: (clientId) => void clients.set(clientId, { ...of(clientId), lastPacketMs: nowMs() }),
    disconnect: (clientId, because = 'client') => {
      const client = of(clientId);
      clients.delete(clientId);
      tell({ change: 'disconnected', client, atMs: nowMs(), because });
    },
    tell,
    isWatched: () => listeners.size > 0,
  };
};
