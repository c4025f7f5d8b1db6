/**
 * All builds of some projections in one process: the one that queries see of each, and beside it the one that is to take its
 * place. Every process looks now and then which builds there are, makes those that it has the declaration of, and ends what
 * is retired or dropped; so all of them agree, whichever process asked for a build or gave one up.
 */
import { type Build, nameOfBuild, type Projection } from '@plenum/read-model';
import { ConsumerGone } from '../consumer/checkpoint-store.ts';
import { partitionsOf } from '../consumer/partitions.ts';
import { type ConsumerProgress, consumerProgress } from '../consumer/progress.ts';
import { TransientFailure } from '../errors.ts';
import { type Patience, patience } from '../patience.ts';
import { pause, untilInStepMs } from '../pause.ts';
import type { Logger } from '../ports.ts';
import type { Activated, KnownBuild } from '../read-model-store.ts';
import { type RunProjection, runProjection } from '../run-projection.ts';
import { activation, parksMore } from './activation.ts';
import { buildToKeep, declaredBuild } from './choose-build.ts';
import { gentlePace } from './pace.ts';

export type RunBuilds = Omit<RunProjection, 'projection' | 'progress' | 'cache'> & {
  readonly projections: readonly Projection[];
  /** By projection name: of the consumer whose rows queries see, or will see first. Kept up to date while this runs. */
  readonly progress?: Map<string, ConsumerProgress>;
  /** Settles when it is time to look again which builds there are, or earlier when a signal aborts. */
  readonly lookAgain?: (everyMs: number, ...signals: readonly AbortSignal[]) => Promise<void>;
};

/**
 * While a build is being made each look may be the one that activates it. At other times only a build that somebody asks for is
 * found later, and has a member less until then; what retires a build that runs here is met by its next batch, and looked at
 * at once.
 */
const lookEveryMs = { whileBuilding: 1_000, atRest: 10_000 };

const pauseInStep: NonNullable<RunBuilds['lookAgain']> = (everyMs, ...signals) =>
  pause(untilInStepMs(everyMs), ...signals);

/**
 * Runs until `stop` aborts and the batches in hand are committed, or the log is closed. When a build that queries see cannot
 * go on, the others finish their batches too, and this rejects with the reason: a process that projects only some of its
 * projections looks healthy and is not. One that is still being made stands still then until the next start, which is logged
 * as an error, and the live ones go on. A build that is retired or dropped ends by itself.
 * @throws besides when a higher version than this program has is active at the start.
 */
export const runBuilds = async (parts: RunBuilds, stop: AbortSignal): Promise<void> => {
  const { logger, lookAgain = pauseInStep } = parts;
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
  const saidToPark = new Set<string>();
  let failure: { readonly error: unknown } | undefined;
  let gone = new AbortController();
  const stick = (name: string, run: Running, error: unknown): void => {
    running.set(name, { ...run, stuck: { error } });
    logStuck(logger, run.build, error);
  };
  const start = (build: Build, state: KnownBuild['state']): void => {
    const name = nameOfBuild(build);
    const pace = gentlePace(() => running.get(name)?.state !== 'building', ended, parts.pause);
    const run = startBuild({ ...parts, pace }, build, { ended, onGone: () => gone.abort() });
    running.set(name, { ...run, build, state });
    const done = run.done.then(
      (how) => how === 'log closed' && over.abort(),
      (error: unknown) => {
        const known = running.get(name);
        if (known?.state === 'building') return stick(name, known, error);
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
      gone = new AbortController();
      const known = await patient(() => parts.store.builds());
      if (known === undefined) break;
      reconcile(parts, known, { running, start });
      await patient(() => finish(parts, known, { running, stick, saidToPark }));
      const isAtRest = known.every(({ state }) => state === 'active' || state === 'dropped');
      await lookAgain(isAtRest ? lookEveryMs.atRest : lookEveryMs.whileBuilding, ended, gone.signal);
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
  readonly look: () => Promise<Activated>;
  /** Why it does not go on here, while it is being made. */
  readonly stuck?: { readonly error: unknown };
};

type Surroundings = {
  readonly ended: AbortSignal;
  /** Called when the build turns out to be retired or dropped. */
  readonly onGone: () => void;
};

const startBuild = (
  parts: RunBuilds,
  projection: Build,
  { ended, onGone }: Surroundings,
): Omit<Running, 'build' | 'state'> => {
  const progress = consumerProgress();
  const end = new AbortController();
  const stop = AbortSignal.any([ended, end.signal]);
  const run = async (): Promise<'ended' | 'log closed'> => {
    try {
      await runProjection({ ...parts, projection, progress }, stop);
    } catch (error) {
      if (!(error instanceof ConsumerGone)) throw error;
      end.abort(); // It is about to be found retired or dropped.
      onGone();
    }
    return stop.aborted ? 'ended' : 'log closed';
  };
  return { progress, end, done: run(), look: activation({ ...parts, projection, progress }) };
};

const logStuck = (logger: Logger, { name, version, generation }: Build, error: unknown): void =>
  logger.error(
    { projection: name, version, generation, error },
    'a build that queries do not see yet cannot go on, and stands still until the next start: the live tables go on',
  );

/** Makes the build that this program is to keep, if nobody has yet. */
const enter = async (parts: RunBuilds, projection: Projection, patient: Patience): Promise<void> => {
  const { store, logger } = parts;
  await patient(async () => {
    const known = await store.builds();
    const build = buildToKeep(projection, known);
    const active = known.find((one) => one.name === projection.name && one.state === 'active');
    const isShown = active === undefined || (build !== undefined && nameOfBuild(active) === nameOfBuild(build));
    const fields = { projection: projection.name, version: projection.version };
    if (build === undefined) {
      logger.warn(fields, 'a later version is being built, which this program does not have: it keeps the live tables');
    } else {
      await store.prepare(build, partitionsOf(build, build.topics, parts.topics)).catch((error: unknown) => {
        if (error instanceof ConsumerGone) return; // Somebody has given it up or begun another: what there is is made.
        if (isShown || error instanceof TransientFailure) throw error;
        logStuck(logger, build, error);
      });
    }
    if (active === undefined || declaredBuild([projection], active) !== undefined) return;
    logger.warn(
      { ...fields, active: active.version },
      'queries see an older version as it is, and nobody projects it, until this one is built: see `before`',
    );
  });
};

type Hands = {
  readonly running: Map<string, Running>;
  readonly start: (build: Build, state: KnownBuild['state']) => void;
};

/**
 * Starts what there is and does not run here, and ends what runs here and is no more.
 * @throws what a build is stuck with that has become active, by another program that can make it.
 */
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
    if (run?.stuck !== undefined && state === 'active') throw run.stuck.error;
    if (run === undefined) start(build, state);
    else running.set(name, { ...run, state });
  }
  for (const { name } of parts.projections) {
    const own = [...running.values()].filter(({ build }) => build.name === name);
    const shown = own.find(({ state }) => state === 'active') ?? own[0];
    if (shown !== undefined) parts.progress?.set(name, shown.progress);
  }
};

type Finishing = {
  readonly running: ReadonlyMap<string, Running>;
  readonly stick: (name: string, run: Running, error: unknown) => void;
  /** Builds of which it has been logged that they park more than what queries see. */
  readonly saidToPark: Set<string>;
};

/** Activates what has caught up, and drops what is retired. */
const finish = async (
  { store, logger }: RunBuilds,
  known: readonly KnownBuild[],
  { running, stick, saidToPark }: Finishing,
): Promise<void> => {
  let isRetired = known.some(({ state }) => state === 'retired');
  for (const [name, run] of running) {
    const { build, state, look, stuck } = run;
    if (state !== 'building' || stuck !== undefined) continue;
    const activated = await look().catch((error: unknown) => {
      if (error instanceof TransientFailure) throw error;
      // Who is gone is about to be found retired or dropped.
      if (!(error instanceof ConsumerGone)) stick(name, run, error);
      return 'behind' as const;
    });
    if (activated === 'active') isRetired = true;
    if (activated !== 'parks more' || saidToPark.has(name)) continue;
    const { name: projection, version, generation } = build;
    const detail = await parksMore(store, build);
    logger.error(
      { projection, version, generation, detail },
      'a build parks more than what queries see: it stays unseen',
    );
    saidToPark.add(name);
  }
  if (isRetired) await store.dropRetired();
};
