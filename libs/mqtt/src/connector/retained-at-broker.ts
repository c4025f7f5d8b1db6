/** What a broker retains on a topic, asked on a connection of its own: a subscription is the only question that MQTT has for it. */
import { randomUUID } from 'node:crypto';
import type { ISubscriptionGrant } from 'mqtt';
import { isConnection, type NoConnection, openClient, type PublishingParts } from './publishing-connection.ts';

export type LookedAtRetained = { readonly outcome: 'read'; readonly payload: Uint8Array | undefined };

export type NotLookedAt = { readonly outcome: 'failed' } & NoConnection;

/**
 * Brokers send what is retained when they take the subscription, before or after they say so. What they were asked after that is
 * answered behind it, so with that answer it is known that nothing comes.
 */
export const lookAtRetained = async (
  parts: PublishingParts,
  topic: string,
): Promise<LookedAtRetained | NotLookedAt> => {
  const opened = await openClient({ ...parts, clientId: `${parts.clientId}-${randomUUID().slice(0, 8)}` });
  if (!isConnection(opened)) return { outcome: 'failed', ...opened };
  const { client, ended } = opened;
  const { promise, resolve } = Promise.withResolvers<LookedAtRetained | NotLookedAt>();
  const failed = (reason: string): void => resolve({ outcome: 'failed', how: 'failed', reason });
  client.on('message', (name, payload, { retain }) => {
    if (retain && name === topic) resolve({ outcome: 'read', payload });
  });
  client.subscribe(topic, { qos: 0 }, (error, granted) => {
    if (error !== null) return failed(error.message);
    if (granted?.some(isRefused) === true) return failed('it refuses the subscription');
    client.unsubscribe(topic, (said) => {
      if (said === undefined || said === null) resolve({ outcome: 'read', payload: undefined });
      else failed(said.message);
    });
  });
  const timer = setTimeout(() => failed('it did not answer in time'), parts.limits.connectTimeoutMs);
  const giveUp = (): void => failed('it was given up');
  parts.stop.addEventListener('abort', giveUp, { once: true });
  if (parts.stop.aborted) giveUp();
  void ended.then(failed);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    parts.stop.removeEventListener('abort', giveUp);
    client.end(true);
    await ended;
  }
};

const isRefused = ({ qos }: ISubscriptionGrant): boolean => Number(qos) >= 0x80;
