/** What a broker retains on topics, asked on connections of their own: a subscription is the only question that MQTT has for it. */
import { randomUUID } from 'node:crypto';
import { gatherCalls, TransientFailure } from '@plenum/runtime';
import type { ISubscriptionGrant } from 'mqtt';
import {
  isConnection,
  type NoConnection,
  type OpenClient,
  openClient,
  type PublishingParts,
} from './publishing-connection.ts';

export type RetainedAtBrokerParts = Omit<PublishingParts, 'protocol'> & {
  /** 5, and 3.1.1 with a broker that has no 5, unless one of them is asked for. */
  readonly protocol: 4 | 5 | undefined;
};

type Found = ReadonlyMap<string, Uint8Array>;

/** Topics that are asked for at the same time are asked for on one connection, one connection after the other. */
export const retainedAtBroker = (
  parts: RetainedAtBrokerParts,
): ((topic: string) => Promise<Uint8Array | undefined>) => {
  let protocol = parts.protocol ?? 5;
  const open = async (): Promise<OpenClient | NoConnection> => {
    const clientId = `${parts.clientId}-${randomUUID().slice(0, 8)}`;
    const opened = await openClient({ ...parts, protocol, clientId });
    if (isConnection(opened) || opened.how !== 'other-protocol' || protocol === 4 || parts.protocol !== undefined)
      return opened;
    protocol = 4;
    return open();
  };
  return gatherCalls({
    carry: async (topics) => {
      if (parts.stop.aborted) throw new TransientFailure('mqtt-closed', 'the connection to the broker has closed');
      const opened = await open();
      const found = isConnection(opened) ? await look(parts, opened, [...new Set(topics)]) : opened.reason;
      if (typeof found === 'string')
        throw new TransientFailure('mqtt-away', `the broker does not say what is retained: ${found}`);
      return topics.map((topic) => found.get(topic));
    },
    ...{ atATime: 1, callsMax: topicsMax },
  });
};

/** In one SUBSCRIBE. */
const topicsMax = 50;

/**
 * Brokers send what is retained when they take the subscription, before or after they say so. What they were asked after that is
 * answered behind it, so with that answer it is known that nothing more comes. A text says why it is not known.
 */
const look = async (
  { limits, stop }: Pick<PublishingParts, 'limits' | 'stop'>,
  { client, ended }: OpenClient,
  topics: string[],
): Promise<Found | string> => {
  const { promise, resolve } = Promise.withResolvers<Found | string>();
  const found = new Map<string, Uint8Array>();
  client.on('message', (topic, payload, { retain }) => {
    if (retain) found.set(topic, payload);
  });
  client.subscribe(topics, { qos: 0 }, (error, granted) => {
    if (error !== null) return resolve(error.message);
    if (granted?.some(isRefused) === true) return resolve('it refuses the subscription');
    client.unsubscribe(topics, (said) => resolve(said?.message ?? found));
  });
  const timer = setTimeout(() => resolve('it did not answer in time'), limits.connectTimeoutMs);
  const giveUp = (): void => resolve('it was given up');
  stop.addEventListener('abort', giveUp, { once: true });
  if (stop.aborted) giveUp();
  void ended.then(resolve);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', giveUp);
    client.end(true);
    await ended;
  }
};

const isRefused = ({ qos }: ISubscriptionGrant): boolean => qos >= 0x80;
