/** A client of the API that asks all the time, and keeps account of answers that nobody should get. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from './site/site.ts';

export type ApiWatch = {
  /** Answers so far. */
  answers(): number;
  /**
   * Answers since the last call that nobody should get: 500 and above, other than 503, which says that the database is
   * away; and refusals of the site's own key.
   */
  takeUnexpected(): readonly string[];
  stop(): Promise<void>;
};

const paths = [
  '/api/v1/network/status',
  '/api/v1/readings/latest?limit=5',
  '/api/v1/lag',
  '/api/v1/balance',
  '/metrics',
];
const askEveryMs = 200;

export const watchApi = ({ apiUrl, apiHeaders: headers }: Pick<Site, 'apiUrl' | 'apiHeaders'>): ApiWatch => {
  const stopping = new AbortController();
  const unexpected: string[] = [];
  let answers = 0;
  const ask = async (path: string): Promise<void> => {
    const signal = AbortSignal.timeout(15_000);
    const response = await fetch(`${apiUrl}${path}`, { headers, signal }).catch(() => undefined);
    const body = await response?.text().catch(() => undefined);
    if (response === undefined || body === undefined) return; // It was killed, or is frozen.
    answers += 1;
    // Its key is good for as long as the site is there, whatever happens to the site.
    if (response.status === 401 || response.status === 403 || (response.status >= 500 && response.status !== 503)) {
      unexpected.push(`${path}: ${response.status} ${body.slice(0, 200)}`);
    }
  };
  const watch = async (): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      await Promise.all([
        ask(paths[n % paths.length] ?? '/'),
        sleep(askEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined),
      ]);
    }
  };
  const watching = watch();
  return {
    answers: () => answers,
    takeUnexpected: () => unexpected.splice(0),
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
};
