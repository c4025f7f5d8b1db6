import { setTimeout as delay } from 'node:timers/promises';
import { askCluster } from './ask-cluster.ts';

const patienceMs = 3_000;

/**
 * Settles when the cluster answers and knows all its brokers. A broker takes connections before it is registered, so
 * asking is the only way to know.
 * @throws when `signal` aborts first.
 */
export const clusterReady = async (brokers: readonly string[], signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted();
    if ((await brokersKnown(brokers)) >= brokers.length) return;
    await delay(50);
  }
};

/** As the first one says that answers. */
const brokersKnown = (brokers: readonly string[]): Promise<number> =>
  Promise.any(brokers.map(async (address) => (await askCluster(address, patienceMs)).brokers)).catch(() => 0);
