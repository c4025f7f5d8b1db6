/** The MQTT server without sockets, for tests that hand it streams of their own and look into what it holds. */

import { openAccess } from '../server/access.ts';
import { defaultListenerLimits, type ListenerLimits } from '../server/limits.ts';
import { type MqttServer, type MqttServerParts, newServer, serve } from '../server/mqtt-server.ts';

/** How much the server holds, in numbers. All come back to 0 when every session has ended and nothing is retained. */
export type LookedAt = {
  readonly connections: number;
  readonly sessions: number;
  /** CONNECTs that are being dealt with. */
  readonly taking: number;
  readonly wills: number;
  /** Publishers who wait for a device's acknowledgement. */
  readonly waiters: number;
  readonly inMemoryBytes: number;
  readonly hasSubscribers: boolean;
  /** Messages of QoS 1 that may come again. */
  readonly remembered: number;
  readonly retainedBytes: number;
  /** In the session that holds most: messages on their way and waiting, and QoS 2 messages from its client. */
  readonly queuedMost: number;
  readonly arrivalsMost: number;
};

export type ServerInProcess = MqttServer & {
  look(): LookedAt;
  /** Nothing is retained any more, here and in the store. */
  dropRetained(): Promise<void>;
};

type Parts = Omit<MqttServerParts, 'access' | 'limits' | 'adopted'> & { readonly limits?: Partial<ListenerLimits> };

export const serverInProcess = async (parts: Parts): Promise<ServerInProcess> => {
  const limits = { ...defaultListenerLimits, ...parts.limits };
  const server = newServer({ ...parts, limits, access: openAccess, adopted: () => undefined });
  const look = (): LookedAt => {
    const { connections, taking, wills, counts, subscribers, repeated, retained } = server;
    const sessions = [...server.sessions.values()];
    return {
      ...{ connections: connections.size, sessions: sessions.length, taking: taking.size, wills: wills.size },
      waiters: sessions.reduce((sum, { waiters }) => sum + waiters.size, 0),
      ...{ inMemoryBytes: counts.inMemoryBytes, hasSubscribers: !subscribers.isEmpty() },
      ...{ remembered: repeated.size(), retainedBytes: retained.bytes() },
      queuedMost: Math.max(0, ...sessions.map(({ queue, inFlight }) => queue.length + inFlight.size)),
      arrivalsMost: Math.max(0, ...sessions.map(({ arrivals }) => arrivals.size)),
    };
  };
  const dropRetained = async (): Promise<void> => {
    for (const { topic } of await server.store.retained()) {
      server.retained.remove(topic);
      await server.store.retain(topic, undefined);
    }
  };
  return { ...(await serve(server)), look, dropRetained };
};
