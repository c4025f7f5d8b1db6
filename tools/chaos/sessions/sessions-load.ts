/**
 * Clients with sessions that are kept, at all bridges: subscribers that come and go, and publishers that are cut off in every state.
 * Each publisher has a topic on which it has a message retained.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededNumbers } from '@plenum/simulation';
import { between, oneOf } from '../numbers.ts';
import type { Site } from '../site/site.ts';
import type { Message } from './client-state.ts';
import { type At, type Filter, type KeptClient, keptClient } from './kept-client.ts';
import { type Owners, watchOwners } from './owners.ts';
import { type Roaming, roam } from './roam.ts';

export type SessionsLoad = {
  readonly subscribers: readonly KeptClient[];
  readonly publishers: readonly KeptClient[];
  readonly owners: Owners;
  readonly replicas: readonly At[];
  /** Settles when every subscriber has subscribed. */
  readonly begun: Promise<void>;
  /** Publishes no more, and settles when everything is acknowledged, or is not within a while. */
  quiet(): Promise<void>;
  /** Everybody goes. */
  end(): Promise<void>;
};

const topicOf = (name: string): string => `ceiling/commands/${name}`;
/** The filter that takes all of them. */
export const everything = topicOf('+');

/** Both versions, each QoS, by themselves and where filters overlap. */
const subscribed = (clientId: string, index: number): readonly Filter[] => {
  const own = { filter: topicOf(clientId), qos: index % 4 < 2 ? 2 : 1 } as const;
  if (index % 3 === 0) return [own, { filter: everything, qos: 1 }];
  if (index % 3 === 1) return [own, { filter: everything, qos: 2 }];
  return [own];
};

const subscriberCount = 9;
const publisherCount = 4;
const pauseMsMax = 300;
const unacknowledgedMax = 5;
const retainedShare = 0.15;

export const startSessions = (site: Site, seed: number): SessionsLoad => {
  const replicas = site.replicas.map(({ name, wire: { port } }): At => ({ name, port }));
  const clientOf = (kind: string, index: number, filters: (id: string) => readonly Filter[]): KeptClient => {
    const clientId = `chaos-${kind}-${index + 1}`;
    const numbers = seededNumbers(seed * 1_000 + index + (kind === 'publisher' ? 500 : 0));
    return keptClient({ clientId, level: index % 2 === 0 ? 4 : 5, filters: filters(clientId), numbers });
  };
  const subscribers = Array.from({ length: subscriberCount }, (_, index) =>
    clientOf('subscriber', index, (id) => subscribed(id, index)),
  );
  const publishers = Array.from({ length: publisherCount }, (_, index) => clientOf('publisher', index, () => []));
  const owners = watchOwners(site, subscribers);
  const roaming = new Map([...subscribers, ...publishers].map((client) => [client, roam(client, replicas)]));
  const stopping = new AbortController();
  const begun = until(() => subscribers.every(({ subscribedMs }) => subscribedMs !== undefined));
  let n = 0;
  const publishing = publishers.map(async (client) => {
    await begun;
    while (!stopping.signal.aborted) {
      await sleep(between(client.numbers, 10, pauseMsMax));
      publishOne(client, roaming.get(client), subscribers, () => (n += 1));
    }
  });
  const isQuiet = (): boolean => publishers.every(({ state }) => state.unacknowledged.size === 0);
  return {
    ...{ subscribers, publishers, owners, replicas, begun },
    quiet: async () => {
      stopping.abort();
      await Promise.all(publishing);
      for (const one of roaming.values()) one.settleDown();
      await until(isQuiet, quietMsMax);
      await until(() => nothingWaits(site, subscribers), quietMsMax);
    },
    end: async () => {
      stopping.abort();
      await Promise.all([owners.stop(), ...[...roaming.values()].map((one) => one.end())]);
    },
  };
};

const quietMsMax = 30_000;
const lookEveryMs = 50;

const until = async (isSo: () => boolean | Promise<boolean>, mostMs = Number.POSITIVE_INFINITY): Promise<void> => {
  for (const fromMs = performance.now(); !(await isSo()) && performance.now() - fromMs < mostMs; ) {
    await sleep(lookEveryMs);
  }
};

const publishOne = (
  client: KeptClient,
  roaming: Roaming | undefined,
  subscribers: readonly KeptClient[],
  next: () => number,
): void => {
  const connection = roaming?.connection();
  const { state, numbers, clientId } = client;
  if (connection === undefined || state.unacknowledged.size >= unacknowledgedMax) return;
  const isRetained = numbers() < retainedShare;
  // One after the other, so that the last one is known.
  if (isRetained && [...state.unacknowledged.values()].some(({ message }) => message.retain)) return;
  const n = next();
  const payload = isRetained && numbers() < 0.3 ? '' : `{"command":"calibrate","parameters":{"n":${n}}}`;
  const topic = isRetained ? keptTopicOf(clientId) : topicOf(oneOf(numbers, subscribers).clientId);
  const message: Message = { n, topic, payload, qos: numbers() < 0.6 ? 2 : 1, retain: isRetained };
  connection.publish(message);
};

/** Where a publisher has its message retained. */
export const keptTopicOf = (clientId: string): string => topicOf(`${clientId}-kept`);

/** Whether the bridges have nothing left for anybody. */
const nothingWaits = async ({ database }: Site, subscribers: readonly KeptClient[]): Promise<boolean> => {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::int as count from plenum_session.message join plenum_session.session using (content)
      where client_id = any($1)`,
    [subscribers.map(({ clientId }) => clientId)],
  );
  return rows[0]?.count === 0;
};
