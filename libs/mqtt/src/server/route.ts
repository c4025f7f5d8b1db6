/** From a message to those who subscribe to its topic, and to who will. */
import type { RetainedMessage } from '@plenum/runtime';
import { keptBytes } from '../codec/kept-message.ts';
import type { Properties, Qos } from '../codec/packets.ts';
import { deliver, type How, howFor, type Keep, type Kept, type Published } from './deliver.ts';
import { readKept } from './read-kept.ts';
import type { Server, Session } from './state.ts';
import type { Match } from './subscription-tree.ts';

/** Answers when everything that has to be kept of it is kept; `undefined` when nothing has to. */
export const retainAndRoute = (server: Server, published: Published): Promise<unknown> | undefined => {
  const routed = route(server, published);
  if (!published.retain) return routed;
  const retained = retain(server, published);
  return routed === undefined ? retained : Promise.all([routed, retained]);
};

/** `keep` has messages of QoS 2 kept, if not each by itself. */
export const route = (server: Server, published: Published, keep?: Keep): Promise<unknown> | undefined => {
  const matches = server.subscribers.match(published.message.topic);
  if (matches.length === 0) return undefined;
  const kept: Promise<Kept>[] = [];
  for (const [session, how] of combined(matches, published)) {
    const written = deliver(server, session, published, how, keep);
    if (written !== undefined) kept.push(written);
  }
  return kept.length === 0 ? undefined : Promise.all(kept);
};

/** One for each session: the highest QoS of its subscriptions, and the ids of all [MQTT-3.3.4-2, MQTT-3.3.4-3]. */
export const combined = (
  matches: readonly Match<Session>[],
  published: Pick<Published, 'qos' | 'retain' | 'from'>,
): ReadonlyMap<Session, How> => {
  const hows = new Map<Session, How>();
  for (const { subscriber, options } of matches) {
    if (options.noLocal && published.from === subscriber.clientId) continue;
    const one = howFor(published, options);
    const other = hows.get(subscriber);
    hows.set(subscriber, other === undefined ? one : together(one, other));
  }
  return hows;
};

const together = (one: How, other: How): How => ({
  qos: Math.max(one.qos, other.qos) as Qos, // The higher of two of them.
  retain: one.retain || other.retain,
  subscriptionIds: [...other.subscriptionIds, ...one.subscriptionIds],
});

/** An empty message takes away what is retained [MQTT-3.3.1-6]. `false`: there is no space left for it. */
export const retain = async (server: Server, { message, qos, expiresAtMs }: Published): Promise<boolean> => {
  const { topic, payload } = message;
  if (payload.length === 0) {
    if (!server.retained.has(topic)) return true;
    server.retained.remove(topic);
    await server.store.retain(topic, undefined);
    return true;
  }
  const body = keptBytes({ ...message, qos, retain: true });
  if (server.retained.set({ topic, body, expiresAtMs })) {
    await server.store.retain(topic, { body, expiresAtMs });
    return true;
  }
  server.counts.notRetained += 1;
  await server.store.retain(topic, undefined);
  return false;
};

/** A retained message, to be delivered to a new subscription; `undefined` when it cannot be read. */
export const readRetained = (server: Server, { topic, body, expiresAtMs }: RetainedMessage): Published | undefined => {
  const content = readKept(server, body, { topic });
  if (content === undefined) return undefined;
  const { qos, retain: isRetained, subscriptionIds: _, ...message } = content;
  return { message, qos, retain: isRetained, expiresAtMs, from: undefined };
};

/** Of what came with a message, what goes on with it [MQTT-3.3.2-4, -15 to -18]. */
export const forwarded = (properties: Properties | undefined): Properties | undefined => {
  if (properties === undefined) return undefined;
  const { topicAlias: _, subscriptionIds: __, messageExpiryS: ___, ...others } = properties;
  return Object.keys(others).length === 0 ? undefined : others;
};
