import { setTimeout as delay } from 'node:timers/promises';
import { connectAdmin } from '../client/client.ts';

/**
 * Settles when the cluster answers and knows all its brokers. A broker takes connections before it is registered, so
 * asking is the only way to know.
 * @throws when `signal` aborts first.
 */
export const clusterReady = async (brokers: readonly string[], signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted();
    if ((await brokersKnown(brokers).catch(() => 0)) >= brokers.length) return;
    await delay(50);
  }
};

const brokersKnown = async (brokers: readonly string[]): Promise<number> => {
  const admin = await connectAdmin({ brokers, clientId: 'plenum-local', retries: 0 });
  try {
    const { brokers: known } = await admin.describeCluster();
    return known.length;
  } finally {
    await admin.disconnect();
  }
};
