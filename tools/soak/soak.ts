/** The whole run: a site under steady load, looked at every so often, and held to its promises at the end. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAccounts } from '../chaos/accounts.ts';
import { watchApi } from '../chaos/api-watch.ts';
import { crashesOf, endRun } from '../chaos/end-run.ts';
import { siteReady } from '../chaos/recovery.ts';
import { keepLogs } from '../chaos/site/keep-logs.ts';
import type { LogLine } from '../chaos/site/program.ts';
import { startSite } from '../chaos/site/site.ts';
import { sweepSites } from '../chaos/site/sweep-sites.ts';
import { collectable, sampleCollected } from './collect.ts';
import { type Sample, sampleSite } from './sample.ts';
import { type Measure, problemsOf, type Series } from './series.ts';

export type SoakAsked = {
  readonly minutes: number;
  readonly ratePerSecond: number;
  readonly nodes: number;
  readonly seed: number;
};

export type Soaked = {
  readonly series: readonly Series[];
  readonly acknowledged: number;
  readonly lost: number;
  readonly verified: boolean | undefined;
  /** What exceeds a bound or does not hold, in words. */
  readonly problems: readonly string[];
};

export type SoakParts = { readonly tell: (line: string) => void; readonly stop: AbortSignal };

const cache = path.join(import.meta.dirname, '../../.cache/soak');
/** As many looks as a drawing can show, and not more often than this. */
const looks = 300;
const lookMsMin = 2_000;
/**
 * When all garbage is collected, as shares of the run. The first half is left to itself, so that what processes hold at most
 * is seen as well; there is another at the end.
 */
const collections = [0.5, 0.6, 0.7, 0.8, 0.9];

/** @throws when a site cannot be started. */
export const soak = async (asked: SoakAsked, { tell, stop }: SoakParts): Promise<Soaked> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}`);
  const logs = path.join(directory, 'logs');
  const bridgeLines: LogLine[] = [];
  const bridgeSaid = (line: LogLine): void => {
    if (line.msg === 'the bridge has stopped') bridgeLines.push(line);
  };
  await using opened = new AsyncDisposableStack();
  const site = await startSite({
    ...asked,
    log: 'postgres',
    mqtt: 'listen',
    directory,
    logs,
    ownDisk: false,
    bridgeSaid,
    ...collectable(logs),
  });
  opened.defer(() => site.close());
  await siteReady(site);
  const api = watchApi(site);
  opened.defer(() => api.stop());
  const accounts = openAccounts(site);
  tell(`everything is at work: ${asked.nodes} nodes send ${asked.ratePerSecond} messages a second`);

  const series = new Map<string, Series>();
  const startMs = performance.now();
  const endMs = startMs + asked.minutes * 60_000;
  const everyMs = Math.max(lookMsMin, (asked.minutes * 60_000) / looks);
  const note = (samples: readonly Sample[]): void => {
    const second = (performance.now() - startMs) / 1_000;
    for (const { measure, of, value } of samples) seriesOf(series, measure, of).points.push({ second, value });
  };
  const due = [...collections];
  for (let nextMs = startMs; performance.now() < endMs && !stop.aborted; nextMs += everyMs) {
    await sleep(Math.max(0, nextMs - performance.now()), undefined, { signal: stop }).catch(() => undefined);
    note(await sampleSite(site));
    if (performance.now() >= startMs + (due[0] ?? Number.POSITIVE_INFINITY) * (endMs - startMs)) {
      due.shift();
      note(await sampleCollected(site, logs));
    }
    await accounts.note();
  }
  if (!stop.aborted) note(await sampleCollected(site, logs));
  const verdict = await endRun({ site, accounts, api, planted: 0, devices: 'tame', bridgeLines, tell });
  const { acknowledged, lost, verified } = verdict;
  const all = [...series.values()];
  const sent = acknowledged / ((performance.now() - startMs) / 1_000);
  tell(`${acknowledged} acknowledged, ${Math.round(sent)} a second`);
  const problems = [...problemsOf(all, asked.ratePerSecond), ...crashesOf(site), ...verdict.problems];
  if (problems.length > 0) await keepLogs(logs, cache, tell);
  return { series: all, acknowledged, lost, verified, problems };
};

const seriesOf = (all: Map<string, Series>, measure: Measure, of: string): Series =>
  all.getOrInsertComputed(`${measure} ${of}`, () => ({ measure, of, points: [] }));
