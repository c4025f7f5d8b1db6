/**
 * All builds of some projections in one process: the one that queries see of each, and beside it the one that is to take its
 * place. Every process looks now and then which builds there are, makes those that it has the declaration of, and ends what
 * is retired or dropped; so all of them agree, whoever asked for a build or gave one up.
 */
import { type Build, nameOfBuild, type Projection } from '@plenum/read-model';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import { partitionsOf } from '../consumer/partitions.ts';
import { type ConsumerProgress, consumerProgress } from '../consumer/progress.ts';
import { type Patience, patience } from '../patience.ts';
import { pause } from '../pause.ts';
import type { KnownBuild } from '../read-model-store.ts';
import { type RunProjection, runProjection } from '../run-projection.ts';
import { activation } from './activation.ts';
import { buildToKeep, declaredBuild } from './choose-build.ts';
import { gentlePace } from './pace.ts';

export type RunBuilds = Omit<RunProjection, 'projection' | 'progress' | 'cache'> & {
  readonly projections: readonly Projection[];
  /** By projection name: of the consumer whose rows queries see, or will see first. Kept up to date while this runs. */
  readonly progress?: Map<string, ConsumerProgress>;
  /** Settles when it is time to look again which builds there are, or when stopped. */
  readonly lookAgain?: (stop: AbortSignal) => Promise<void>;
};

const lookEveryMs = 1_000;

/**
 * Runs until `stop` aborts and the batches in hand are committed, or the log is closed. When one build cannot go on, the
 * others finish their batches too, and this rejects with the reason: a process that projects only some of its projections
 * looks healthy and is not. A build that is retired or dropped ends by itself.
 * @throws besides when a higher version than this program has is active at the start.
 */
export const runBuilds = async (parts: RunBuilds, stop: AbortSignal): Promise<void> => {
  const { logger, lookAgain = (signal: AbortSignal) => pause(lookEveryMs, signal) } = parts;
  const over = new AbortController();
  const ended = AbortSignal.any([stop, over.signal]);
  const patient = patience(
    {
      ...{ logger, fields: {}, message: 'builds wait for a transient failure to pass' },
      ...{ progress: consumerProgress(), pause: parts.pause },
    },
    ended,
  );
  const running = new Map<string, Running>();
  const begun: Promise<unknown>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const start = (build: Build, state: KnownBuild['state']): void => {
    const name = nameOfBuild(build);
    const pace = gentlePace(() => running.get(name)?.state !== 'building', ended, parts.pause);
    const run = startBuild({ ...parts, pace }, build, ended);
    running.set(name, { ...run, build, state });
    const done = run.done.then(
      (how) => how === 'log closed' && over.abort(),
      (error: unknown) => {
        logger.error({ projection: build.name, error }, 'projection cannot go on');
        failure ??= { error };
        over.abort();
      },
    );
    begun.push(done);
  };
  try {
    for (const projection of parts.projections) await enter(parts, projection, patient);
    while (!ended.aborted) {
      const known = await patient(() => parts.store.builds());
      if (known === undefined) break;
      reconcile(parts, known, { running, start });
      await patient(() => finish(parts, running, known));
      await lookAgain(ended);
    }
  } catch (error) {
    failure ??= { error };
  }
  over.abort();
  await Promise.all(begun);
  if (failure !== undefined) throw failure.error;
};

type Running = {
  readonly build: Build;
  readonly state: KnownBuild['state'];
  readonly progress: ConsumerProgress;
  readonly end: AbortController;
  readonly done: Promise<'ended' | 'log closed'>;
  /** Activates it when it has caught up. */
  readonly look: () => Promise<boolean>;
};

const startBuild = (parts: RunBuilds, projection: Build, ended: AbortSignal): Omit<Running, 'build' | 'state'> => {
  const progress = consumerProgress();
  const end = new AbortController();
  const stop = AbortSignal.any([ended, end.signal]);
  const run = async (): Promise<'ended' | 'log closed'> => {
    try {
      await runProjection({ ...parts, projection, progress }, stop);
    } catch (error) {
      if (!(error instanceof ConsumerGone)) throw error;
      end.abort(); // It is about to be found retired or dropped.
    }
    return stop.aborted ? 'ended' : 'log closed';
  };
  return { progress, end, done: run(), look: activation({ ...parts, projection }) };
};

/** Makes the build that this program is to keep, if nobody has yet. */
const enter = async (parts: RunBuilds, projection: Projection, patient: Patience): Promise<void> => {
  const { store, logger } = parts;
  await patient(async () => {
    const known = await store.builds();
    const build = buildToKeep(projection, known);
    await store.prepare(build, partitionsOf(build, build.topics, parts.topics)).catch(notGone);
    const active = known.find((one) => one.name === build.name && one.state === 'active');
    if (active === undefined || declaredBuild([projection], active) !== undefined) return;
    logger.warn(
      { projection: build.name, version: build.version, active: active.version },
      'queries see an older version as it is, and nobody projects it, until this one is built: see `before`',
    );
  });
};

/** Somebody else has given it up, or begun another, in this very moment: what there is then is made. */
const notGone = (error: unknown): void => {
  if (!(error instanceof ConsumerGone)) throw error;
};

type Hands = {
  readonly running: Map<string, Running>;
  readonly start: (build: Build, state: KnownBuild['state']) => void;
};

/** Starts what there is and does not run here, and ends what runs here and is no more. */
const reconcile = (parts: RunBuilds, known: readonly KnownBuild[], { running, start }: Hands): void => {
  const wanted = new Map<string, { readonly build: Build; readonly state: KnownBuild['state'] }>();
  for (const one of known) {
    if (one.state !== 'active' && one.state !== 'building') continue;
    const build = declaredBuild(parts.projections, one);
    if (build !== undefined) wanted.set(nameOfBuild(build), { build, state: one.state });
  }
  for (const [name, { build, end }] of running) {
    if (wanted.has(name) && !end.signal.aborted) continue;
    end.abort();
    running.delete(name);
    const { version, generation } = build;
    parts.logger.info({ projection: build.name, version, generation }, 'this build is no more: its consumer ends');
  }
  for (const [name, { build, state }] of wanted) {
    const run = running.get(name);
    if (run === undefined) start(build, state);
    else running.set(name, { ...run, state });
  }
  for (const { name } of parts.projections) {
    const own = [...running.values()].filter(({ build }) => build.name === name);
    const shown = own.find(({ state }) => state === 'active') ?? own[0];
    if (shown !== undefined) parts.progress?.set(name, shown.progress);
  }
};

/** Activates what has caught up, and drops what is retired. */
const finish = async (
  { store }: RunBuilds,
  running: ReadonlyMap<string, Running>,
  known: readonly KnownBuild[],
): Promise<void> => {
  let isRetired = known.some(({ state }) => state === 'retired');
  for (const { state, look } of running.values()) {
    if (state === 'building') isRetired = (await look().catch(goneIsFalse)) || isRetired;
  }
  if (isRetired) await store.dropRetired();
};

const goneIsFalse = (error: unknown): false => {
  notGone(error);
  return false;
};
