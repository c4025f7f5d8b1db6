/** What is looked at, of which process, and how much of it may change. */
import { type Point, secondHalf, slopePerHour } from './slope.ts';

export type Measure = 'memory' | 'live' | 'collected' | 'handles' | 'loop' | 'lag' | 'disk';

export type Series = { readonly measure: Measure; readonly of: string; readonly points: Point[] };

export const units: Readonly<Record<Measure, string>> = {
  memory: 'MiB, resident',
  live: 'MiB, in use after a collection',
  collected: 'MiB, resident after a collection',
  handles: 'open files',
  loop: 'ms, p99 of the event loop',
  lag: 'records behind the log',
  disk: 'MiB',
};

/** What a soak may not exceed. Disk grows with the log, which is kept for ever, and is only shown. */
export type Bounds = {
  /** Of a process, at any moment. */
  readonly memoryMibMax: number;
  /** By which memory may grow over the second half, as a share of what it was; of our programs, after collections. */
  readonly memoryGrowthMax: number;
  /** By how many files. */
  readonly handleGrowthMax: number;
  /** Seconds of load that the read models may be behind. */
  readonly lagSecondsMax: number;
};

export const bounds: Bounds = { memoryMibMax: 400, memoryGrowthMax: 0.15, handleGrowthMax: 5, lagSecondsMax: 5 };

export type Trend = {
  readonly measure: Measure;
  readonly of: string;
  readonly last: number;
  readonly highest: number;
  readonly perHour: number;
  /** By the straight line through the second half, from its begin to its end. */
  readonly growth: number;
};

export const trendOf = ({ measure, of, points }: Series): Trend => {
  const half = secondHalf(points);
  const perHour = slopePerHour(half);
  const seconds = (half.at(-1)?.second ?? 0) - (half[0]?.second ?? 0);
  const highest = points.reduce((most, { value }) => Math.max(most, value), 0);
  return { measure, of, last: points.at(-1)?.value ?? 0, highest, perHour, growth: (perHour * seconds) / 3_600 };
};

/** What exceeds a bound, in words. @param ratePerSecond of the load. */
export const problemsOf = (series: readonly Series[], ratePerSecond: number): readonly string[] =>
  series.flatMap((one) => problemsOfOne(one, ratePerSecond));

const problemsOfOne = (one: Series, ratePerSecond: number): readonly string[] => {
  const { measure, of, highest, growth, last } = trendOf(one);
  const { memoryMibMax, memoryGrowthMax, handleGrowthMax, lagSecondsMax } = bounds;
  const grew = growth > memoryGrowthMax * (last - growth);
  switch (measure) {
    case 'memory': {
      const problems: string[] = [];
      // The database's memory is the page cache's in good part; the kernel gives it back.
      if (highest > memoryMibMax && of !== 'postgres') problems.push(`${of} held ${Math.round(highest)} MiB`);
      // What our programs hold between two collections is garbage, too.
      if (of === 'postgres' && grew) problems.push(`the memory of ${of} grew by ${Math.round(growth)} MiB`);
      return problems;
    }
    case 'live':
      return grew ? [`what ${of} has in use grew by ${growth.toFixed(1)} MiB`] : [];
    case 'collected':
      return grew ? [`what ${of} holds after a collection grew by ${growth.toFixed(1)} MiB`] : [];
    case 'handles':
      return growth > handleGrowthMax ? [`the open files of ${of} grew by ${Math.round(growth)}`] : [];
    case 'lag': {
      const behind = Math.max(0, ...secondHalf(one.points).map(({ value }) => value));
      const most = ratePerSecond * lagSecondsMax;
      return behind > most ? [`the read models of ${of} were up to ${behind} records behind`] : [];
    }
    case 'loop':
    case 'disk':
      return [];
  }
};
