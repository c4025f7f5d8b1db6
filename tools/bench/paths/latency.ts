/** From publishing a reading to a query that shows it, while everything is half busy. */
import type { LimitBench } from '../bench.ts';
import type { Seen, SeenReading } from '../load/probe.ts';
import { watchUsage } from '../machine/usage.ts';
import type { Passed } from '../sides/projector.ts';
import { quantile } from '../statistics.ts';
import { describeUsage, grouped } from '../tell.ts';
import { startLoadedStack } from './stack.ts';

const settleMs = 2_000;
/** A node that no load speaks for. */
const probeSensor = 'ceiling_node_999_temperature';

export const latency: LimitBench = {
  kind: 'limit',
  name: 'latency',
  about: 'published to visible to a query, 99 of 100, at half of the highest ingest rate',
  limits: () => [{ name: 'latency', atMost: 250, aim: 100 }],
  unit: 'ms',
  logs: ['postgres', 'kafka'],
  measure: async (world, settings) => {
    const stack = await startLoadedStack(world, settings);
    const probe = await world.tool({ name: 'probe', program: 'load/probe.ts' });
    const watched = [...stack.watched, { name: 'probe', pid: probe.pid }];
    try {
      await stack.projector.ask('watch', { sensor: probeSensor });
      await probe.ask('open', { mqttPort: stack.mqttPort, apiUrl: stack.apiUrl, sensor: probeSensor });
      await probe.ask('run', { seconds: settleMs / 1000 });
      const values: number[] = [];
      const usage = [];
      const notes = [`${grouped(stack.perSecond)} messages/s are sent meanwhile`];
      for (let run = 0; run < settings.pairs; run += 1) {
        await stack.projector.ask('passed');
        const usageSince = watchUsage(watched);
        const { readings } = await probe.ask<Seen>('run', { seconds: settings.seconds });
        const used = usageSince();
        usage.push(used);
        const passed = await stack.projector.ask<Passed>('passed');
        values.push(quantileOf(readings.map(wholeMs), 0.99));
        notes.push(...describeParts(readings, passed), describeUsage(used));
      }
      return [{ values, usage, notes }];
    } finally {
      await probe.stop();
      await stack.stop();
    }
  },
};

const wholeMs = ({ publishedMs, seenMs }: SeenReading): number => seenMs - publishedMs;

/** Where the time went: each part from the end of the one before, so that the medians can be compared. */
const describeParts = (readings: readonly SeenReading[], { passages, transactions }: Passed): readonly string[] => {
  const passageOf = new Map(passages.map((passage) => [passage.value, passage]));
  const both = readings.flatMap((seen) => {
    const passage = passageOf.get(seen.value);
    return passage === undefined ? [] : [{ ...seen, ...passage }];
  });
  const parts = {
    'published to seen': readings.map(wholeMs),
    'published to acknowledged': both.map(({ publishedMs, acknowledgedMs }) => acknowledgedMs - publishedMs),
    'acknowledged to taken by the projector': both.map(({ acknowledgedMs, takenMs }) => takenMs - acknowledgedMs),
    'taken to committed': both.map(({ takenMs, committedMs }) => committedMs - takenMs),
    'committed to seen': both.map(({ committedMs, seenMs }) => seenMs - committedMs),
    'of that the last question': both.map(({ askedMs, seenMs }) => seenMs - askedMs),
    'every transaction of the projector': transactions.map(({ tookMs }) => tookMs),
  };
  const lines = Object.entries(parts).map(([part, all]) => {
    const values = all.filter((value) => !Number.isNaN(value)); // Some are seen before the probe hears that they are kept.
    const [half, most] = [0.5, 0.99].map((share) => quantileOf(values, share).toFixed(1));
    return `${part}: half within ${half} ms, 99 of 100 within ${most} ms (${values.length})`;
  });
  const records = transactions.reduce((sum, one) => sum + one.records, 0);
  return [...lines, `${grouped(records / transactions.length)} records in a transaction`];
};

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
