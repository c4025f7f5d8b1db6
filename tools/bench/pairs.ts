/** Runs both sides of a path in turn, and makes results of what they came to. */
import {
  type LimitBench,
  type Measured,
  type RatioBench,
  type Result,
  type RunSettings,
  saturatedFrom,
} from './bench.ts';
import type { Usage } from './machine/usage.ts';
import { spreadOf } from './statistics.ts';
import { describeRun } from './tell.ts';
import type { World } from './world.ts';

type Pair = { readonly subject: Measured; readonly bare: Measured };

/** One after the other, and the other way round in every second pair: a machine that tires is fair to both. */
export const measureRatio = async (world: World, bench: RatioBench, settings: RunSettings): Promise<Result> => {
  const pairs: Pair[] = [];
  for (let number = 0; number < settings.pairs; number += 1) {
    const run = async (side: 'subject' | 'bare'): Promise<Measured> => {
      const measured = await bench[side](world, settings);
      world.tell(describeRun(side === 'subject' ? 'plenum' : 'bare', measured, bench.unit));
      return measured;
    };
    if (number % 2 === 0) {
      const subject = await run('subject');
      pairs.push({ subject, bare: await run('bare') });
    } else {
      const bare = await run('bare');
      pairs.push({ subject: await run('subject'), bare });
    }
  }
  return resultOf(bench, settings, pairs);
};

/** The bare side counts as saturated when it was in more than half of the pairs, as medians are over pairs too. */
export const resultOf = (bench: RatioBench, { log }: RunSettings, pairs: readonly Pair[]): Result => {
  const spread = spreadOf(pairs.map(({ subject, bare }) => subject.perSecond / bare.perSecond));
  const saturated = spreadOf(pairs.map(({ bare }) => bare.saturation)).median >= saturatedFrom;
  return {
    bench: bench.name,
    log,
    value: spreadOf(pairs.map(({ subject }) => subject.perSecond)).median,
    bareValue: spreadOf(pairs.map(({ bare }) => bare.perSecond)).median,
    limit: bench.atLeast,
    aim: bench.aim,
    ratio: saturated ? spread.median : null,
    spread,
    unit: bench.unit,
    saturated,
    met: saturated && spread.median >= bench.atLeast,
    pairs: pairs.length,
    ...conditions(pairs.flatMap(({ subject, bare }) => [subject.usage, bare.usage])),
  };
};

export const measureLimit = async (world: World, bench: LimitBench, settings: RunSettings): Promise<Result> => {
  const { values, usage, notes } = await bench.measure(world, settings);
  for (const note of notes) world.tell(`  ${note}`);
  const spread = spreadOf(values);
  return {
    bench: bench.name,
    log: settings.log,
    value: spread.median,
    limit: bench.atMost,
    aim: bench.aim,
    ratio: null,
    spread,
    unit: bench.unit,
    saturated: true,
    met: spread.median <= bench.atMost,
    pairs: values.length,
    ...conditions(usage),
  };
};

const conditions = (usage: readonly Usage[]): Pick<Result, 'loadAverage' | 'foreignShare'> => ({
  loadAverage: usage.length === 0 ? 0 : spreadOf(usage.map(({ loadAverage }) => loadAverage)).median,
  foreignShare: Math.max(0, ...usage.map(({ foreignShare }) => foreignShare)),
});
