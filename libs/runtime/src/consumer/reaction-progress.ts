/** What a reaction has done since its process began. */
import { type ConsumerProgress, consumerProgress } from './progress.ts';

export type ReactionProgress = ConsumerProgress & {
  /** Commands by what came of them. What is issued again counts again, as a rule under `known`. */
  readonly commands: Record<'recorded' | 'known' | 'unchanged' | 'refused', number>;
};

export const reactionProgress = (): ReactionProgress => ({
  ...consumerProgress(),
  commands: { recorded: 0, known: 0, unchanged: 0, refused: 0 },
});
