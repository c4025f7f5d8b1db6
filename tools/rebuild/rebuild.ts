/** A whole Plenum under load while one of its projections is built again: what those who ask the API meanwhile see. */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { observe } from '@plenum/ceiling';
import { utc } from '@plenum/event';
import type { NewRecord } from '@plenum/runtime';
import { traffic } from '@plenum/simulation';
import { isCaughtUp, logEnds, siteReady } from '../chaos/recovery.ts';
import { type Site, startSite } from '../chaos/site/site.ts';
import { sweepSites } from '../chaos/site/sweep-sites.ts';
import { isFold } from '../chaos/verdict.ts';

export type RebuildAsked = {
  readonly log: 'postgres' | 'kafka';
  readonly ratePerSecond: number;
  /** In the log before. */
  readonly readings: number;
};

export type RebuildSeen = {
  readonly seconds: number;
  readonly records: number;
  /** The greatest `Plenum-Age`, and what 99 of 100 answers were below, while it was built. */
  readonly ageSecondsMax: number;
  readonly ageSecondsP99: number;
  /** The same for as long before. */
  readonly ageSecondsMaxBefore: number;
  readonly answers: number;
  readonly failed: number;
  readonly problems: readonly string[];
};

const root = path.join(import.meta.dirname, '../..');
const cache = path.join(root, '.cache/rebuild');
const looksPerSecond = 20;
const beforeMs = 15_000;
const batchRecords = 1_000;

/** @throws when a site cannot be started, or the rebuild ends with an error. */
export const measureRebuild = async (asked: RebuildAsked, tell: (line: string) => void): Promise<RebuildSeen> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}`);
  const places = { directory, logs: path.join(directory, 'logs') };
  await using opened = new AsyncDisposableStack();
  const site = await startSite({ ...asked, ...places, mqtt: 'listen', seed: 1, nodes: 100, ownDisk: false });
  opened.defer(() => site.close());
  await siteReady(site);
  tell(`${asked.ratePerSecond} messages a second; ${asked.readings} readings are put into the log besides`);
  await fill(site, asked.readings);
  await caughtUp(site);

  const before = watchAge(site);
  await sleep(beforeMs);
  const calm = await before.end();
  tell(`nothing is built: Plenum-Age is ${calm.max} s at most`);
  const during = watchAge(site);
  const { seconds, records } = await rebuild(site, asked);
  const seen = await during.end();
  await site.load.stop();
  await caughtUp(site);
  const problems: string[] = [];
  await isFold(site, problems);
  return {
    ...{ seconds, records, ageSecondsMax: seen.max, ageSecondsP99: seen.p99, ageSecondsMaxBefore: calm.max },
    ...{ answers: seen.answers, failed: seen.failed, problems: [...problems, ...seen.failures] },
  };
};

/** Settles when what comes into the log is in the tables soon. */
const caughtUp = async (site: Site): Promise<void> => {
  for (let soon = false; !soon; ) {
    const ends = await logEnds(site);
    const startMs = performance.now();
    while (!(await isCaughtUp(site, ends))) await sleep(100);
    soon = performance.now() - startMs < 1_000;
  }
};

/** What the bridge would have put there until now: the readings of 200 nodes, each of a sensor every five seconds. */
const fill = async ({ log, codec }: Site, readings: number): Promise<void> => {
  const shares = { malformed: 0, again: 0, late: 0, reordered: 0 };
  const plan = traffic({ seed: 7, nodes: 200, messages: readings * 2, shares });
  const newId = (): never => {
    throw new Error('every reading has a time');
  };
  const fromUs = Date.now() * 1_000 - (readings * 1_000_000) / readingsPerSecond;
  let batch: NewRecord[] = [];
  for (let n = 0; n < readings; ) {
    const timeUs = Math.floor(fromUs + (n * 1_000_000) / readingsPerSecond);
    const message = plan.next(timeUs);
    if (message === undefined) throw new Error('the traffic ended early');
    if (message.kind !== 'reading') continue;
    n += 1;
    const observed = observe({ ...message, receivedTimeUs: timeUs }, { zone: utc, sha1, newId });
    if (observed.outcome !== 'event') throw new Error(observed.detail);
    batch.push(codec.encode(observed.event));
    if (batch.length < batchRecords && n < readings) continue;
    await log.append(batch);
    batch = [];
  }
};

const readingsPerSecond = 360;
const sha1 = (bytes: Uint8Array): string => hash('sha1', bytes);

const rebuild = async (site: Site, { log }: RebuildAsked): Promise<{ seconds: number; records: number }> => {
  const words = [path.join(root, 'apps/plenum/src/main.ts'), 'replay', 'rebuild', 'readings', '--json'];
  const environment = { ...site.kafka?.environment, LOG: log, DATABASE_URL: site.server.url };
  const ended = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...environment } });
  // As the command declares it.
  return JSON.parse(ended.stdout) as { readonly seconds: number; readonly records: number };
};

/** Asks so many times a second, whether or not the answer before has come. */
const watchAge = ({ apiUrl, apiHeaders }: Site) => {
  const ages: number[] = [];
  const failures: string[] = [];
  const asked = new Set<Promise<void>>();
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(`${apiUrl}/api/v1/readings/latest`, { headers: apiHeaders });
      await answer.arrayBuffer();
      const age = answer.headers.get('plenum-age');
      if (answer.ok && age !== null) ages.push(Number(age));
      else failures.push(`the API answered ${answer.status}, of age ${age}`);
    } catch (error) {
      failures.push(`the API was not reached: ${String(error)}`);
    }
  };
  const timer = setInterval(() => {
    const one = ask().finally(() => asked.delete(one));
    asked.add(one);
  }, 1_000 / looksPerSecond);
  return {
    end: async () => {
      clearInterval(timer);
      await Promise.all(asked);
      const sorted = ages.toSorted((a, b) => a - b);
      return {
        max: sorted.at(-1) ?? Number.NaN,
        p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN,
        answers: ages.length + failures.length,
        failed: failures.length,
        failures: failures.slice(0, 10),
      };
    },
  };
};
