/** The reactor: every reaction follows the log, each with its own checkpoints, all in one process. */
import type { Reaction } from '@plenum/event';
import {
  aborted,
  type Logger,
  type ReactionProgress,
  type RunReaction,
  reactionProgress,
  runReaction,
} from '@plenum/runtime';

export type ReactorParts = Omit<RunReaction, 'reaction' | 'progress'> & {
  /** What is done when a time comes, beside answering events. Each runs until its signal aborts. */
  readonly timers?: readonly ((stop: AbortSignal) => Promise<void>)[];
  readonly reactions: readonly Reaction[];
  readonly logger: Logger;
  /** Counted while this runs. */
  readonly progress?: ReactorProgress;
};

/** By reaction name. */
export type ReactorProgress = ReadonlyMap<string, ReactionProgress>;

export const reactorProgress = (reactions: readonly Pick<Reaction, 'name'>[]): ReactorProgress =>
  new Map(reactions.map(({ name }) => [name, reactionProgress()]));

/**
 * Runs until `stop` aborts and the batches in hand are answered. When one reaction cannot go on, the others finish their
 * batches too, and this rejects with the reason: a process that runs only some of its reactions looks healthy and is not.
 */
export const runReactor = async (parts: ReactorParts, stop: AbortSignal): Promise<void> => {
  const { reactions, timers = [], logger, progress = reactorProgress(reactions) } = parts;
  const failed = new AbortController();
  const anyStop = AbortSignal.any([stop, failed.signal]);

  const runOne = async (reaction: Reaction): Promise<void> => {
    try {
      const ofIt = progress.get(reaction.name) ?? reactionProgress();
      await runReaction({ ...parts, reaction, progress: ofIt }, anyStop);
    } catch (error) {
      logger.error({ reaction: reaction.name, error }, 'reaction cannot go on');
      failed.abort(error);
    }
  };
  const runTimer = async (timer: (ends: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await timer(anyStop);
    } catch (error) {
      logger.error({ error }, 'a timer cannot go on');
      failed.abort(error);
    }
  };
  if (reactions.length === 0 && timers.length === 0) await aborted(stop);
  await Promise.all([...reactions.map(runOne), ...timers.map(runTimer)]);
  if (failed.signal.aborted) throw failed.signal.reason;
};
