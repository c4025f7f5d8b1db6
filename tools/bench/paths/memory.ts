/** What each process of Plenum holds in memory over a long run, and whether that grows. */
import type { LimitBench } from '../bench.ts';
import { rssBytes, watchUsage } from '../machine/usage.ts';
import { slopeOf } from '../statistics.ts';
import { sleep, startLoadedStack } from './stack.ts';

/** This many times as long as a side of a pair. */
const longer = 12;
const sampleMs = 1_000;
const megabyte = 1_000_000;

export const memory: LimitBench = {
  kind: 'limit',
  name: 'memory',
  about: 'the most that any process of Plenum holds while half of the highest ingest rate passes through',
  limits: () => [{ name: 'memory', atMost: 400, aim: 250 }],
  unit: 'MB',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  measure: async (world, settings) => {
    const stack = await startLoadedStack(world, settings);
    try {
      const usageSince = watchUsage(stack.watched);
      const samples = stack.members.map(({ name, pid }) => ({ name, pid, points: [] as { x: number; y: number }[] }));
      const fromMs = performance.now();
      for (let at = 0; at < settings.seconds * longer; at += 1) {
        await sleep(sampleMs);
        const x = (performance.now() - fromMs) / 60_000;
        for (const { pid, points } of samples) points.push({ x, y: rssBytes(pid) / megabyte });
      }
      const notes = samples.map(({ name, points }) => {
        const most = Math.max(...points.map(({ y }) => y));
        return `${name}: at most ${most.toFixed(0)} MB, ${slopeOf(points).toFixed(1)} MB a minute more`;
      });
      const usage = usageSince();
      const peaks = samples.flatMap(({ points }) => points.map(({ y }) => y));
      return [{ values: [Math.max(...peaks)], usage: [usage], notes }];
    } finally {
      await stack.stop();
    }
  },
};
