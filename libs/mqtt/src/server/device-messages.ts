/** Messages of Plenum to devices, which settle with the device's own acknowledgement. */
import {
  type Delivery,
  type DeviceMessage,
  type DeviceMessages,
  deviceExpiryMsMax,
  deviceTopicProblem,
} from '@plenum/runtime';
import { deliver, type How, type Published, withdraw } from './deliver.ts';
import { combined } from './route.ts';
import type { Server, Session } from './state.ts';

export const deviceMessages = (server: Server): Pick<DeviceMessages, 'publish'> => ({
  publish: async (asked) => {
    const problem = deviceTopicProblem(asked.topic);
    if (problem !== undefined) throw new RangeError(problem);
    const { topic, payload, qos = 1, properties, once = false } = asked;
    const expiryMs = Math.min(asked.expiryMs, deviceExpiryMsMax);
    const message = { topic, payload, properties };
    const published = { message, qos, retain: false, expiresAtMs: Date.now() + expiryMs, from: undefined };
    const to = recipients(server, asked, published);
    // Who subscribes with QoS 0 acknowledges nothing: it is sent beside those who do, and to nobody alone.
    return to.some(([, { qos: granted }]) => granted > 0)
      ? sent(server, to, published, { expiryMs, once })
      : notConnected;
  },
});

/** Whether somebody who acknowledges would be sent it now. */
export const reaches = (server: Server, to: Pick<DeviceMessage, 'topic' | 'clientId'>): boolean =>
  recipients(server, to, { qos: 1, retain: false, from: undefined }).some(([, { qos }]) => qos > 0);

type Recipients = readonly (readonly [Session, How])[];

const notConnected: Delivery = { outcome: 'not-connected' };

const recipients = (
  server: Server,
  { topic, clientId }: Pick<DeviceMessage, 'topic' | 'clientId'>,
  published: Pick<Published, 'qos' | 'retain' | 'from'>,
): Recipients =>
  server.stopping
    ? []
    : [...combined(server.subscribers.match(topic), published)].filter(
        ([session]) =>
          session.connection?.stage === 'open' && (clientId === undefined || session.clientId === clientId),
      );

type Tried = { readonly expiryMs: number; readonly once: boolean };

/** Sends it to all of them, and waits until one has taken it, none can any more, or its time is over. */
const sent = (server: Server, to: Recipients, published: Published, { expiryMs, once }: Tried): Promise<Delivery> => {
  const { promise, resolve } = Promise.withResolvers<Delivery>();
  const settle = (delivery: Delivery): void => {
    clearTimeout(timer);
    resolve(delivery);
  };
  const waiting = new Map<Session, (delivery: Delivery) => void>();
  const answers: Delivery[] = [];
  const timer = setTimeout(() => {
    resolve({ outcome: 'expired' });
    for (const [session, waiter] of waiting) withdraw(server, session, waiter);
  }, expiryMs);
  for (const [session, { qos }] of to) {
    if (qos === 0) continue;
    waiting.set(session, (delivery) => {
      waiting.delete(session);
      answers.push(delivery);
      if (delivery.outcome === 'delivered') settle(delivery);
      else if (waiting.size === 0) settle(combinedOf(answers));
    });
  }
  // All of them are known by now, for one may answer at once.
  for (const [session, how] of to) {
    const settled = waiting.get(session);
    void deliver(server, session, published, settled === undefined ? how : { ...how, settled, once });
  }
  return promise;
};

/** Nobody has taken it: refused when all have said so, and unknown when one of them has not. */
const combinedOf = (answers: readonly Delivery[]): Delivery =>
  answers.find(({ outcome }) => outcome !== 'refused') ?? answers[0] ?? { outcome: 'expired' };
