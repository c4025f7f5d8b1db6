/** One run of one pipeline through all phases: a flood, three paces, latencies, what it takes, and two ends by `kill -9`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { peakRssBytes } from '../machine/usage.ts';
import { quantile } from '../statistics.ts';
import { describeUsage, grouped } from '../tell.ts';
import type { World } from '../world.ts';
import type { Figures } from './figures.ts';
import type { Pipeline } from './pipeline.ts';
import type { Send } from './publisher.ts';
import type { Named } from './readings-plan.ts';
import { checkTables, type Passed, passThrough } from './sending.ts';
import { arrivalOf, connections, openTrial, type Trial } from './trial.ts';
import type { Latencies } from './visibility-probe.ts';

const paces = [200, 5_000, 12_500] as const;
const restMs = 1_000;
/** A pace is kept up with when the last reading is visible this long after it was published, at most. */
const keptUpMs = 2_500;
/** Of the load under which a pipeline is killed, and for what cannot keep up with that. */
const killPace = 5_000;
const slowKillPace = 1_000;
const killSeconds = 3;

/** Before anything is measured: code is compiled, tables and indexes have pages, Mosquitto has grown. */
const warmUpOf = ({ floodMessages }: Pipeline): number => floodMessages / 5;

/** Messages of every connection in a run. */
export const messagesPerConnection = (seconds: number, floodMessages: number): number => {
  const paced = (paces[0] + paces[1]) * 2 + paces[2];
  return (floodMessages * 1.2 + paced * seconds + killPace * killSeconds) / connections;
};

export const measure = async (world: World, pipeline: Pipeline, seconds: number): Promise<Figures> => {
  const most = messagesPerConnection(seconds, 100_000);
  const trial = await openTrial(world, { pipeline, messagesPerConnection: most });
  try {
    await passThrough(trial, { messages: warmUpOf(pipeline) });
    const flood = await passThrough(trial, { messages: pipeline.floodMessages });
    world.tell(`  ${pipeline.name}: ${grouped(flood.perSecond)} rows/s; ${describeUsage(flood.usage)}`);
    // What never came was not passed through.
    const flooded: Figures = flood.missing > 0 ? {} : { flood: flood.perSecond, 'cpu-flood': flood.cpuSeconds };
    const paced = pipeline.floodOnly === true ? {} : await atPaces(trial, seconds);
    if (flood.missing === 0) await checkTables(trial);
    const taken = await takes(trial);
    const broker = pipeline.listens ? {} : { 'broker-cpu-flood': flood.brokerCpuSeconds };
    const keepsUp = pipeline.floodOnly === true || 'cpu-5000' in paced;
    const ended = await killed(trial, keepsUp ? killPace : slowKillPace);
    return { ...flooded, ...paced, ...taken, ...broker, ...ended };
  } finally {
    await trial.close();
  }
};

const atPaces = async (trial: Trial, seconds: number): Promise<Figures> => {
  const found: Figures = {};
  for (const perSecond of paces) {
    const asked = { messages: perSecond * seconds, perSecond };
    const passed = await passThrough(trial, asked);
    // A faster pace would only make a longer queue.
    if (!keptUp(passed, asked)) break;
    found[`cpu-${perSecond}`] = passed.cpuSeconds;
    if (perSecond !== 12_500) found[`p99-${perSecond}`] = await p99Beside(trial, asked, seconds);
  }
  return found;
};

const keptUp = ({ sent, visibleMs, missing }: Passed, { messages, perSecond }: Required<Send>): boolean =>
  missing === 0 &&
  visibleMs - sent.toMs < keptUpMs &&
  sent.toMs - sent.fromMs < (messages / perSecond) * 1000 + keptUpMs / 2;

/** Of the probe's readings, while others pass through. What is asked by the probe costs, so that no cost is measured here. */
const p99Beside = async (trial: Trial, asked: Send, seconds: number): Promise<number> => {
  const [{ milliseconds }] = await Promise.all([
    trial.probe.ask<Latencies>('latencies', { seconds }),
    passThrough(trial, asked),
  ]);
  return quantile(
    milliseconds.toSorted((a, b) => a - b),
    0.99,
  );
};

const takes = async ({ rows, running, emptyBytes }: Trial): Promise<Figures> => {
  const peaks = running().programs.map(({ watched }) => peakRssBytes(watched.pid));
  const memory = peaks.reduce((sum, one) => sum + one, 0) / 1_000_000;
  return { memory, disk: ((await rows.databaseBytes()) - emptyBytes) / (await rows.all()) };
};

const killed = async (trial: Trial, perSecond: number): Promise<Figures> => {
  const starting = trial.killAndStart(restMs);
  await sleep(restMs / 2);
  // Publishes from now on, while nobody is there: what waits for it in a session is new as well.
  const seeing = trial.probe.ask<{ readonly atMs: number }>('firstNew');
  const started = await starting;
  const seen = await Promise.race([seeing, trial.running().ended]);

  const sending = trial.publisher.ask('send', { messages: perSecond * killSeconds, perSecond } satisfies Send);
  await sleep((killSeconds * 1000) / 2);
  await trial.killAndStart(restMs);
  // Whatever it has to wait for before it takes messages again: only then can one be late.
  const back = trial.probe.ask('firstNew');
  await Promise.race([Promise.all([sending, back]), trial.running().ended]);
  const named = await trial.publisher.ask<readonly Named[]>('acknowledged', { lastOnly: false });
  const { missing } = await arrivalOf(trial, named);
  const { rows, distinct } = await trial.rows.counts();
  return {
    recovery: (seen.atMs - started.atMs) / 1000,
    ...{ acknowledged: named.length, lost: missing, twice: rows - distinct },
  };
};
