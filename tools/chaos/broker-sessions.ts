/** What the bridges say of their session with the broker. */
import type { Site } from './site/site.ts';

/** How often it ended by itself. @throws when a bridge does not answer. */
export const sessionsEnded = (site: Site): Promise<number> => sumOver(site, 'plenum_bridge_sessions_ended_total');

/** Whether one of them has it. @throws when a bridge does not answer. */
export const hasSession = async (site: Site): Promise<boolean> =>
  (await sumOver(site, 'plenum_bridge_session_open')) === 1;

const sumOver = async ({ bridges, metricsUrls }: Site, metric: string): Promise<number> => {
  let sum = 0;
  for (const { name } of bridges) {
    const metrics = await (await fetch(metricsUrls.get(name) ?? '')).text();
    const line = metrics.split('\n').find((one) => one.startsWith(`${metric} `));
    if (line === undefined) throw new Error(`${name} does not report ${metric}`);
    sum += Number(line.slice(metric.length));
  }
  return sum;
};
