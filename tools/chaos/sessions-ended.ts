import type { Site } from './site/site.ts';

/** How often sessions with the broker ended by themselves, as the bridges count it. @throws when one does not answer. */
export const sessionsEnded = async ({ bridges, metricsUrls }: Site): Promise<number> => {
  let ended = 0;
  for (const { name } of bridges) {
    const metrics = await (await fetch(metricsUrls.get(name) ?? '')).text();
    const [, count] = /^plenum_bridge_sessions_ended_total (\d+)$/m.exec(metrics) ?? [];
    if (count === undefined) throw new Error(`${name} does not say how often its session ended`);
    ended += Number(count);
  }
  return ended;
};
