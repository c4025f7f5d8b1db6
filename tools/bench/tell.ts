/** What people read while it runs and at the end. */
import type { Measured, Result } from './bench.ts';
import type { ProcessUsage, Usage } from './machine/usage.ts';

/** One side, run once: its rate, and what every process of it cost. */
export const describeRun = (side: string, { perSecond, usage, saturation }: Measured, unit: string): string => {
  return `  ${side.padEnd(6)} ${grouped(perSecond).padStart(9)} ${unit}, component ${percent(saturation)} busy; ${describeUsage(usage)}`;
};

/** What every process cost, and what else the machine did. */
export const describeUsage = (usage: Usage): string => {
  const processes = usage.processes.map((one) => describeProcess(one, usage.seconds)).join('; ');
  const { machineBusyShare, foreignShare, loadAverage } = usage;
  return `${processes}; machine ${percent(machineBusyShare)} busy, ${percent(foreignShare)} by others, load ${loadAverage}`;
};

const describeProcess = ({ name, cpuSeconds, peakRssBytes }: ProcessUsage, seconds: number): string =>
  `${name} ${cpuSeconds.toFixed(1)} s CPU of ${seconds.toFixed(1)}, ${megabytes(peakRssBytes)}`;

/** The verdict on one path. */
export const describeResult = (result: Result): string => {
  const { bench, log, against, value, bareValue, limit, aim, ratio, spread, unit, saturated, met } = result;
  const name = `${bench} (${against === undefined ? log : `${log}, against ${against}`})`;
  if (bareValue === undefined) {
    const seen = `${number(value)} (${number(spread.least)} to ${number(spread.greatest)}) ${unit}`;
    const verdict = met ? (value <= aim ? 'met, and the aim' : 'met') : 'MISSED';
    return saturated
      ? `${name}: ${seen}, at most ${limit}, aim ${aim}: ${verdict}`
      : `${name}: NO RESULT, seen ${seen}`;
  }
  const rates = `${grouped(value)} of ${grouped(bareValue)} ${unit}`;
  const range = `${spread.least.toFixed(2)} to ${spread.greatest.toFixed(2)}`;
  if (!saturated)
    return `${name}: NO RESULT, that side was not saturated; seen ${spread.median.toFixed(2)} (${range}), ${rates}`;
  const verdict = met ? (spread.median >= aim ? 'met, and the aim' : 'met') : 'MISSED';
  return `${name}: ${(ratio ?? 0).toFixed(2)} (${range}), ${rates}; at least ${limit}, aim ${aim}: ${verdict}`;
};

export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');
export const number = (value: number): string => (value >= 100 ? grouped(value) : value.toPrecision(3));
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
