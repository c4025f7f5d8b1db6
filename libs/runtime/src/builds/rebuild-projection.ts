/** One build from its beginning until queries see it: what rebuilding a projection on request takes. */

import type { Build, Projection } from '@plenum/read-model';
import { partitionsOf } from '../consumer/partitions.ts';
import { consumerProgress } from '../consumer/progress.ts';
import { patience } from '../patience.ts';
import { pause } from '../pause.ts';
import { type RunProjection, runProjection } from '../run-projection.ts';
import { activation, type BuildProgress } from './activation.ts';
import { buildAgain } from './choose-build.ts';
import { gentlePace } from './pace.ts';

export type RebuildProjection = Omit<RunProjection, 'projection' | 'cache'> & {
  readonly declared: Projection;
  /** Called now and then. */
  readonly onProgress?: (progress: BuildProgress & { readonly build: Build }) => void;
  /** Settles when it is time to look again how far it is, or when stopped. */
  readonly lookAgain?: (stop: AbortSignal) => Promise<void>;
};

const lookEveryMs = 250;

/**
 * Builds the tables of a projection again beside those that queries see, and exchanges them; takes part in a build that is
 * under way. Projectors that run take part too. What is retired then is dropped, or left to them.
 * @returns the build, which queries see now. @throws ConsumerGone when it was given up; the reason of `stop`; an error when
 *   the version that this program has is not what is there.
 */
export const rebuildProjection = async (parts: RebuildProjection, stop: AbortSignal): Promise<Build> => {
  const { store, declared, logger, lookAgain = (signal: AbortSignal) => pause(lookEveryMs, signal) } = parts;
  const over = new AbortController();
  const ended = AbortSignal.any([stop, over.signal]);
  const message = 'the build waits for a transient failure to pass';
  const progress = consumerProgress();
  const patient = patience(
    { logger, fields: { projection: declared.name }, message, progress, pause: parts.pause },
    ended,
  );
  const build = await patient(async () => {
    const chosen = buildAgain(declared, await store.builds());
    await store.prepare(chosen, partitionsOf(chosen, chosen.topics, parts.topics));
    return chosen;
  });
  if (build === undefined) throw stop.reason;
  const look = activation({ ...parts, projection: build }, (seen) => parts.onProgress?.({ build, ...seen }));
  const activated = async (): Promise<boolean> => {
    let isActive: boolean | undefined = false;
    while (isActive === false && !ended.aborted) {
      isActive = await patient(look);
      if (isActive === false) await lookAgain(ended);
    }
    return isActive ?? false;
  };
  const member = runProjection(
    { ...parts, projection: build, pace: gentlePace(() => false, ended, parts.pause) },
    ended,
  );
  try {
    const isActive = await Promise.race([activated(), member.then(() => false)]);
    stop.throwIfAborted();
    if (!isActive) throw new Error('the log was closed before the build was active');
  } finally {
    over.abort();
    await Promise.allSettled([member]);
  }
  await store.dropRetired();
  return build;
};
