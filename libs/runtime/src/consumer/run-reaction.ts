/**
 * A reaction as a consumer: events in, commands out. A command's id derives from the event's, so what is issued again after a
 * crash is known and changes nothing. A refusal is an answer: it is counted, and the reaction goes on. A record that cannot be
 * decoded parks its key, as in a projection.
 */
import type { Reaction, Topic } from '@plenum/event';
import type { Batch, Log } from '../log.ts';
import type { Patience, Pause } from '../patience.ts';
import { answerBatches, answerParked } from './answer-batches.ts';
import type { AnswerEvent } from './answer-event.ts';
import type { CheckpointStore, ConsumerId } from './checkpoint-store.ts';
import { gatherBatches } from './gather-batches.ts';
import { partitionsOf } from './partitions.ts';
import { type ReactionProgress, reactionProgress } from './reaction-progress.ts';
import type { ParkedAgain } from './retry-parked.ts';
import { type Handled, runConsumer } from './run-consumer.ts';

export type RunReaction = Omit<AnswerEvent, 'progress'> & {
  readonly log: Pick<Log, 'subscribe' | 'read' | 'append'>;
  readonly checkpoints: CheckpointStore;
  /** At least the topics that the reaction names, for their partitions. */
  readonly topics: readonly Pick<Topic, 'name' | 'partitions'>[];
  /** Records in one batch, at most, and beyond which no other partition joins in. */
  readonly recordsMax?: number;
  /** Batches that come while others are answered are answered together, at least so far apart; 0 unless said otherwise. */
  readonly intervalMs?: number;
  readonly progress?: ReactionProgress;
  readonly pause?: Pause;
};

/** Under which name a reaction has its checkpoints. */
export const consumerOfReaction = ({ name }: Pick<Reaction, 'name'>): ConsumerId => ({
  name: `reaction-${name}`,
  version: 1,
  generation: 1,
});

/** One waits for its commands while another is answered: a partition with a slow one keeps no other waiting. */
const gatheringsAtATime = 4;

/**
 * Answers every event of its topics, from the beginning of the log on, as one member of a group; several processes share the
 * partitions. Ends as `runConsumer`.
 */
export const runReaction = (given: RunReaction, stop: AbortSignal): Promise<void> => {
  const { reaction, log, checkpoints, logger, recordsMax = 500, intervalMs = 0, pause } = given;
  const consumer = consumerOfReaction(reaction);
  const progress = given.progress ?? reactionProgress();
  const parts = { ...given, consumer, progress, movedTo: new Map<string, bigint>() };
  const partitions = partitionsOf(consumer, reaction.topics, given.topics);
  const together = gatherBatches({
    deal: (batches, patient) => answerBatches(parts, batches, patient),
    ...{ atATime: gatheringsAtATime, recordsMax, intervalMs },
  });
  const handler = {
    prepare: async () => {
      await checkpoints.prepare(consumer, partitions);
      return { partitions: partitions.length };
    },
    handle: async (batch: Batch, patient: Patience): Promise<Handled | undefined> => {
      const gathered = await together(batch, patient);
      if (gathered !== 'held') return gathered;
      // Where another member holds the checkpoint, only this partition waits.
      const [alone] = (await answerBatches(parts, [batch], patient)) ?? [];
      if (alone === 'held') throw new Error('a single partition is waited for');
      return alone;
    },
    retry: (parked: ParkedAgain) => answerParked(parts, parked),
  };
  return runConsumer(
    {
      ...{ consumer, kind: 'reaction', fields: { reaction: reaction.name }, log, topics: reaction.topics },
      ...{ checkpoints, handler, logger, recordsMax, progress, pause },
    },
    stop,
  );
};
