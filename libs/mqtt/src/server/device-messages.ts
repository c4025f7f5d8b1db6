/** Messages of Plenum to devices, which settle with the device's own acknowledgement. */
import type { Delivery, DeviceMessages } from '@plenum/runtime';
import { deliver } from './deliver.ts';
import { combined } from './route.ts';
import type { Server } from './state.ts';

export const deviceMessages = (server: Server): DeviceMessages => ({
  publish: (asked) => {
    const { topic, payload, clientId, qos = 1, expiryMs, properties } = asked;
    const expiresAtMs = Date.now() + expiryMs;
    const message = { topic, payload, properties };
    const published = { message, qos, retain: false, expiresAtMs, from: undefined };
    const to = [...combined(server.subscribers.match(topic), published)].filter(
      ([session, how]) =>
        session.connection?.stage === 'open' &&
        how.qos > 0 &&
        (clientId === undefined || session.clientId === clientId),
    );
    if (to.length === 0) return Promise.resolve({ outcome: 'not-connected' });
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const timer = setTimeout(() => resolve({ outcome: 'expired' }), expiryMs);
    const settled = (delivery: Delivery): void => {
      clearTimeout(timer);
      resolve(delivery);
    };
    for (const [session, how] of to) void deliver(server, session, published, { ...how, settled });
    return promise;
  },
});
