/** One build from its beginning until queries see it: what rebuilding a projection on request takes. */

import type { Build, Projection } from '@plenum/read-model';
import { partitionsOf } from '../consumer/partitions.ts';
import { consumerProgress } from '../consumer/progress.ts';
import { TransientFailure } from '../errors.ts';
import { patience } from '../patience.ts';
import { pause } from '../pause.ts';
import type { Activated } from '../read-model-store.ts';
import { type RunProjection, runProjection } from '../run-projection.ts';
import { activation, type BuildProgress, parksMore } from './activation.ts';
import { buildAgain } from './choose-build.ts';
import { gentlePace } from './pace.ts';

export type RebuildProjection = Omit<RunProjection, 'projection' | 'cache'> & {
  readonly declared: Projection;
  /** Lets queries see the build though it has parked more than what they see now. */
  readonly acceptParked?: boolean;
  /** Called now and then. */
  readonly onProgress?: (progress: BuildProgress & { readonly build: Build }) => void;
  /** Settles when it is time to look again how far it is, or when stopped. */
  readonly lookAgain?: (stop: AbortSignal) => Promise<void>;
};

/** The build has everything, and has parked more of it than what queries see. It goes on being made. */
export class ParksMore extends Error {
  override readonly name = 'ParksMore';
}

const lookEveryMs = 250;

/**
 * Builds the tables of a projection again beside those that queries see, and exchanges them; takes part in a build that is
 * under way. Projectors that run take part too. What is retired then is dropped, or left to them.
 * @returns the build, which queries see now. @throws ConsumerGone when it was given up; the reason of `stop`; an error when
 *   the version that this program has is not what is there, or when the build parks more than what queries see: it stays as
 *   it is then, and may be joined again.
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
  const look = activation({ ...parts, projection: build, progress }, (seen) => parts.onProgress?.({ build, ...seen }));
  const activated = async (): Promise<Activated | undefined> => {
    let found: Activated | undefined = 'behind';
    while (found === 'behind' && !ended.aborted) {
      found = await patient(look);
      if (found === 'behind') await lookAgain(ended);
    }
    return found;
  };
  const member = runProjection(
    { ...parts, projection: build, progress, pace: gentlePace(() => false, ended, parts.pause) },
    ended,
  );
  try {
    const found = await Promise.race([activated(), member.then(() => undefined)]);
    stop.throwIfAborted();
    if (found === 'parks more') throw new ParksMore(await parksMore(store, build));
    if (found !== 'active') throw new Error('the log was closed before the build was active');
  } finally {
    over.abort();
    await Promise.allSettled([member]);
  }
  await store.dropRetired().catch((error: unknown) => {
    if (!(error instanceof TransientFailure)) throw error;
    logger.warn({ projection: build.name, error }, 'the tables that queries saw before are dropped later');
  });
  return build;
};
