/** The whole run: a running Plenum with devices that behave, strange inputs from all sides, and what became of it. */
import path from 'node:path';
import { openAccounts } from '../chaos/accounts.ts';
import { watchApi } from '../chaos/api-watch.ts';
import { crashesOf, endRun } from '../chaos/end-run.ts';
import { siteReady } from '../chaos/recovery.ts';
import { keepLogs } from '../chaos/site/keep-logs.ts';
import type { LogLine } from '../chaos/site/program.ts';
import { type Site, startSite } from '../chaos/site/site.ts';
import { sweepSites } from '../chaos/site/sweep-sites.ts';
import { fuzzDecoders } from './decoders/fuzz-decoders.ts';
import { fuzzHttp } from './http/fuzz-http.ts';
import { fuzzListener } from './listener/fuzz-listener.ts';
import { residentBytes, watchMemory } from './memory-watch.ts';
import { fuzzMosquitto } from './mqtt/against-mosquitto.ts';
import { fuzzMqtt } from './mqtt/fuzz-mqtt.ts';
import type { HeapLook } from './mqtt/heap-watch.ts';
import type { FuzzOptions, TargetName } from './options.ts';
import type { Failure, FuzzTarget } from './target.ts';
import { fuzzUsable } from './usable/fuzz-usable.ts';

export type FuzzReport = {
  readonly inputs: Readonly<Record<TargetName, number>>;
  readonly seed: number;
  readonly seconds: number;
  /** Of each process, the most it held, in MiB. */
  readonly memory_mib: Readonly<Record<string, number>>;
  readonly memory_mib_limit: number;
  /** Of this process after all garbage was collected, over the run of the target `mqtt`. */
  readonly heap: readonly HeapLook[];
  readonly balanced: boolean;
  readonly failures: readonly Failure[];
  /** What is wrong beyond single inputs. */
  readonly problems: readonly string[];
};

/** What no process may hold at any volume. */
const memoryMaxBytes = 400 * 2 ** 20;

/** How inputs are shared out: taking bytes apart is quick, and asking over HTTP is slow. */
const shares: Readonly<Record<TargetName, number>> = {
  decoders: 0.3,
  mqtt: 0.3,
  usable: 0.2,
  listener: 0.17,
  http: 0.03,
  mosquitto: 1, // Only when it is named.
};

export type FuzzParts = {
  readonly tell: (line: string) => void;
  /** Called with every input that has found something, at most once for the same problem. */
  readonly keep: (failure: Failure) => void;
  readonly stop: AbortSignal;
  /** Done on the running site besides, before the strange inputs. */
  readonly also?: (site: Site) => Promise<void>;
};

const cache = path.join(import.meta.dirname, '../../.cache/fuzz');

/** @throws when Plenum cannot be started. */
export const runFuzz = async (options: FuzzOptions, parts: FuzzParts): Promise<FuzzReport> => {
  const startMs = performance.now();
  const planned = plan(options);
  const done: Record<TargetName, number> = { decoders: 0, mqtt: 0, usable: 0, listener: 0, http: 0, mosquitto: 0 };
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const targetOf = (name: TargetName): FuzzTarget => ({
    stop: parts.stop,
    progress: (inputs) => {
      done[name] += inputs;
    },
    failed: (failure) => {
      failures.push(failure);
      // The same mistake answers thousands of inputs; the first one is enough to keep.
      const problem = `${failure.target} ${failure.problem.replaceAll(/[\d"'].*/gs, '')}`;
      if (seen.has(problem)) return;
      seen.add(problem);
      parts.tell(`FAIL ${failure.target}: ${failure.problem}`);
      // What the two servers do is for a person to compare.
      if (name !== 'mosquitto') parts.keep(failure);
    },
  });
  const { seed } = options;
  if (planned.decoders > 0) {
    await fuzzDecoders({ inputs: planned.decoders, seed }, targetOf('decoders'));
    parts.tell(`decoders: ${done.decoders} inputs`);
  }
  const { tell } = parts;
  const heap = planned.mqtt === 0 ? [] : await fuzzMqtt({ inputs: planned.mqtt, seed, tell }, targetOf('mqtt'));
  if (planned.mqtt > 0) parts.tell(`mqtt: ${done.mqtt} packets`);
  if (planned.mosquitto > 0) await fuzzMosquitto({ inputs: planned.mosquitto, seed, tell }, targetOf('mosquitto'));
  const ownBytes = residentBytes(process.pid);
  const onSite =
    planned.usable + planned.listener + planned.http === 0
      ? nothingOnSite
      : await fuzzSite(planned, { options, parts, targetOf });
  return {
    ...{ inputs: done, seed, failures, heap },
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
    memory_mib: inMib({ fuzz: ownBytes, ...onSite.memory }),
    memory_mib_limit: memoryMaxBytes / 2 ** 20,
    balanced: onSite.problems.length === 0,
    problems: [...tooMuch({ ...onSite.memory }), ...onSite.problems],
  };
};

const plan = ({ inputs, only }: FuzzOptions): Readonly<Record<TargetName, number>> => {
  const all = only.reduce((sum, name) => sum + shares[name], 0);
  const of = (name: TargetName): number => (only.includes(name) ? Math.round((inputs * shares[name]) / all) : 0);
  return {
    ...{ decoders: of('decoders'), mqtt: of('mqtt'), mosquitto: of('mosquitto') },
    ...{ usable: of('usable'), listener: of('listener'), http: of('http') },
  };
};

type OnSite = { readonly memory: Readonly<Record<string, number>>; readonly problems: readonly string[] };
const nothingOnSite: OnSite = { memory: {}, problems: [] };

type SiteRun = {
  readonly options: FuzzOptions;
  readonly parts: FuzzParts;
  readonly targetOf: (name: TargetName) => FuzzTarget;
};

/** Devices that behave go on all the time, and what they are promised has to be kept. */
const fuzzSite = async (
  planned: Readonly<Record<TargetName, number>>,
  { options: { seed, mqtt }, parts, targetOf }: SiteRun,
): Promise<OnSite> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}`);
  const logs = path.join(directory, 'logs');
  const bridgeLines: LogLine[] = [];
  const bridgeSaid = (line: LogLine): void => {
    if (line.msg === 'the bridge has stopped') bridgeLines.push(line);
  };
  const devices = { log: 'postgres', mqtt, seed: seed + 1, nodes: 5, ratePerSecond: 50 } as const;
  const site = await startSite({
    ...devices,
    directory,
    logs,
    ownDisk: false,
    bridgeSaid,
  });
  await using watching = new AsyncDisposableStack();
  watching.defer(() => site.close());
  await siteReady(site);
  const memory = watchMemory(new Map(site.programs.map(({ name, pid }) => [name, pid])));
  watching.defer(() => memory.stop());
  const api = watchApi(site);
  watching.defer(() => api.stop());
  const accounts = openAccounts(site);
  await parts.also?.(site);
  await Promise.all([
    fuzzUsable({ port: site.mqttPort, inputs: planned.usable, seed }, targetOf('usable')),
    fuzzListener({ site, inputs: planned.listener, seed }, targetOf('listener')),
    fuzzHttp({ url: site.apiUrl, key: site.apiHeaders, inputs: planned.http, seed }, targetOf('http')),
  ]);
  parts.tell(`usable: ${planned.usable} inputs; listener: ${planned.listener} inputs; http: ${planned.http} inputs`);
  const verdict = await endRun({ site, accounts, api, planted: 0, devices: 'wild', bridgeLines, tell: parts.tell });
  const problems = [...crashesOf(site), ...verdict.problems];
  if (problems.length > 0) await keepLogs(logs, cache, parts.tell);
  return { memory: memory.highest(), problems };
};

const inMib = (bytes: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, Math.round(value / 2 ** 20)]));

const tooMuch = (bytes: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(bytes)
    .filter(([, value]) => value > memoryMaxBytes)
    .map(([name, value]) => `${name} held ${Math.round(value / 2 ** 20)} MiB`);
