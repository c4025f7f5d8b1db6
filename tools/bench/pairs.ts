/** Runs both sides of a path in turn, and makes results of what they came to. */
import {
  type Limit,
  type LimitBench,
  type Limited,
  type Measured,
  type RatioBench,
  type Result,
  type RunSettings,
  type Side,
  saturatedFrom,
} from './bench.ts';
import type { Usage } from './machine/usage.ts';
import { spreadOf } from './statistics.ts';
import { describeRun } from './tell.ts';
import type { World } from './world.ts';

type Pair = { readonly subject: Measured; readonly bare: Measured };

/** One after the other, and the other way round in every second round: a machine that tires is fair to all. */
export const measureRatio = async (
  world: World,
  bench: RatioBench,
  settings: RunSettings,
): Promise<readonly Result[]> => {
  const plenum: NamedRun = { name: 'plenum', run: bench.subject };
  const order: readonly NamedRun[] = [plenum, ...bench.against];
  const rounds: ReadonlyMap<NamedRun, Measured>[] = [];
  for (let number = 0; number < settings.pairs; number += 1) {
    const round = new Map<NamedRun, Measured>();
    for (const one of number % 2 === 0 ? order : order.toReversed()) {
      const measured = await one.run(world, settings);
      world.tell(describeRun(one.name, measured, bench.unit));
      round.set(one, measured);
    }
    rounds.push(round);
  }
  return bench.against.map((side) => resultOf(bench, side, settings, rounds.map(pairOf(plenum, side))));
};

type NamedRun = Pick<Side, 'name' | 'run'>;

const pairOf =
  (plenum: NamedRun, side: NamedRun) =>
  (round: ReadonlyMap<NamedRun, Measured>): Pair => {
    const [subject, bare] = [round.get(plenum), round.get(side)];
    if (subject === undefined || bare === undefined) throw new Error(`${side.name} was not measured in every round`);
    return { subject, bare };
  };

/** The bare side counts as saturated when it was in more than half of the pairs, as medians are over pairs too. */
export const resultOf = (bench: RatioBench, side: Side, { log }: RunSettings, pairs: readonly Pair[]): Result => {
  const spread = spreadOf(pairs.map(({ subject, bare }) => subject.perSecond / bare.perSecond));
  const { atLeast, aim } = log === 'kafka' ? (side.onKafka ?? side) : side;
  const saturated = spreadOf(pairs.map(({ bare }) => bare.saturation)).median >= saturatedFrom;
  return {
    bench: bench.name,
    log,
    against: side.name,
    value: spreadOf(pairs.map(({ subject }) => subject.perSecond)).median,
    bareValue: spreadOf(pairs.map(({ bare }) => bare.perSecond)).median,
    limit: atLeast,
    aim,
    ratio: saturated ? spread.median : null,
    spread,
    unit: bench.unit,
    saturated,
    met: saturated && spread.median >= atLeast,
    pairs: pairs.length,
    ...conditions(pairs.flatMap(({ subject, bare }) => [subject.usage, bare.usage])),
  };
};

export const measureLimits = async (
  world: World,
  bench: LimitBench,
  settings: RunSettings,
): Promise<readonly Result[]> => {
  const measured = await bench.measure(world, settings);
  return bench.limits(settings.log).map((limit, index) => {
    const limited = measured[index];
    if (limited === undefined) throw new Error(`${limit.name} was not measured`);
    for (const note of limited.notes) world.tell(`  ${note}`);
    if (limited.noResult !== undefined) world.tell(`  NO RESULT of ${limit.name}: ${limited.noResult}`);
    return resultWithin(limit, limited, { log: settings.log, unit: bench.unit });
  });
};

export const resultWithin = (
  { name, atMost, aim, unit: own }: Limit,
  { values, usage, noResult }: Limited,
  { log, unit }: Pick<Result, 'log' | 'unit'>,
): Result => {
  const spread = spreadOf(values);
  const isResult = noResult === undefined;
  return {
    ...{ bench: name, log, value: spread.median, limit: atMost, aim, ratio: null, spread, unit: own ?? unit },
    saturated: isResult,
    met: isResult && spread.median <= atMost,
    pairs: values.length,
    ...conditions(usage),
  };
};

const conditions = (usage: readonly Usage[]): Pick<Result, 'loadAverage' | 'foreignShare'> => ({
  loadAverage: usage.length === 0 ? 0 : spreadOf(usage.map(({ loadAverage }) => loadAverage)).median,
  foreignShare: Math.max(0, ...usage.map(({ foreignShare }) => foreignShare)),
});
