/** From publishing a reading to a query that shows it, while everything is half busy. */
import type { LimitBench } from '../bench.ts';
import type { Seen } from '../load/probe.ts';
import { watchUsage } from '../machine/usage.ts';
import { quantile } from '../statistics.ts';
import { grouped } from '../tell.ts';
import { startLoadedStack } from './stack.ts';

const settleMs = 2_000;

export const latency: LimitBench = {
  kind: 'limit',
  name: 'latency',
  about: 'published to visible to a query, 99 of 100, at half of the highest ingest rate',
  atMost: 250,
  aim: 100,
  unit: 'ms',
  logs: ['postgres', 'kafka'],
  measure: async (world, settings) => {
    const stack = await startLoadedStack(world, settings);
    const probe = await world.tool({ name: 'probe', program: 'load/probe.ts' });
    try {
      await probe.ask('open', { mqttPort: stack.mqttPort, apiUrl: stack.apiUrl });
      await probe.ask('run', { seconds: settleMs / 1000 });
      const values: number[] = [];
      const usage = [];
      const notes = [`${grouped(stack.perSecond)} messages/s are sent meanwhile`];
      for (let run = 0; run < settings.pairs; run += 1) {
        const usageSince = watchUsage(stack.watched);
        const { latenciesMs } = await probe.ask<Seen>('run', { seconds: settings.seconds });
        usage.push(usageSince());
        const sorted = [...latenciesMs].sort((a, b) => a - b);
        const [half, most] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
        values.push(most);
        notes.push(
          `${sorted.length} readings: half of them within ${half.toFixed(1)} ms, 99 of 100 within ${most.toFixed(1)} ms`,
        );
      }
      return { values, usage, notes };
    } finally {
      await probe.stop();
      await stack.stop();
    }
  },
};
