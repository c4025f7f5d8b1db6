/**
 * Which filters somebody subscribes to, on a connection or in a session that is kept. Most of what devices publish nobody
 * subscribes to, and Aedes looks for subscribers in two tables, in six steps, for each message.
 */
import type { Aedes, PublishPacket } from 'aedes';
import { matches } from './topics.ts';

export type SubscribedFilters = {
  add(filter: string): void;
  /** Each `add` is taken back once. */
  remove(filter: string): void;
  /** `false` when nobody wants it. Where there are many filters, nobody looks at each and the answer is `true`. */
  mayTake(topic: string): boolean;
};

export const subscribedFilters = (): SubscribedFilters => {
  const counts = new Map<string, number>();
  return {
    add: (filter) => {
      counts.set(filter, (counts.get(filter) ?? 0) + 1);
    },
    remove: (filter) => {
      const left = (counts.get(filter) ?? 0) - 1;
      if (left > 0) counts.set(filter, left);
      else counts.delete(filter);
    },
    mayTake: (topic) => {
      if (counts.size === 0) return false;
      if (counts.size > lookedAtMax) return true;
      for (const filter of counts.keys()) if (matches(filter, topic)) return true;
      return false;
    },
  };
};

/** Beyond it Aedes' own tables are faster. */
const lookedAtMax = 16;

/** Aedes is not asked to deliver what nobody wants. Call before the first client; kept sessions enter their filters, too. */
export const deliverOnlyWanted = (broker: Aedes): SubscribedFilters => {
  const filters = subscribedFilters();
  const publish = broker.publish.bind(broker);
  const subscribe = broker.subscribe.bind(broker);
  const unsubscribe = broker.unsubscribe.bind(broker);
  const wanted = ({ topic, retain }: PublishPacket): boolean =>
    retain || topic.startsWith('$') || filters.mayTake(topic);
  // Who publishes for the broker itself gives no client.
  broker.publish = (packet: PublishPacket, ...others: unknown[]) => {
    const [client, done] = others;
    if (typeof client !== 'object' || wanted(packet)) publish(...([packet, ...others] as Parameters<typeof publish>));
    else if (typeof done === 'function') done();
  };
  // Every subscription of a connection passes here, also one that is restored; and ends here with its connection.
  broker.subscribe = (topic, deliver, done) => {
    filters.add(topic);
    subscribe(topic, deliver, done);
  };
  broker.unsubscribe = (topic, deliver, done) => {
    filters.remove(topic);
    unsubscribe(topic, deliver, done);
  };
  return filters;
};
