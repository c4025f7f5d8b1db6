/** Whether what nodes have answered by now is decided on: a command whose answer waits in the log is not unanswered. */
import { nodeAnswers } from '@plenum/device';
import { type CheckpointStore, ConsumerGone, consumerOfReaction, type Log, type TopicPartition } from '@plenum/runtime';

/** Up to where answers are in the log. */
export type AnswersUntil = ReadonlyMap<string, readonly { readonly partition: number; readonly next: bigint }[]>;

export type Answers = {
  /** Up to where there are any now. @throws TransientFailure */
  until(): Promise<AnswersUntil>;
  /** Whether all of these are decided on, or set aside. @throws TransientFailure */
  areDecided(until: AnswersUntil): Promise<boolean>;
};

export type AnswersParts = {
  readonly log: Pick<Log, 'positions'>;
  /** Those of the reactions. */
  readonly checkpoints: Pick<CheckpointStore, 'position'>;
};

export const answersIn = ({ log, checkpoints }: AnswersParts): Answers => {
  const consumer = consumerOfReaction(nodeAnswers);
  /** Where the reaction has not begun yet, it has decided nothing: a reactor's timers may run first. */
  const decidedUntil = async (at: TopicPartition): Promise<bigint> => {
    try {
      return await checkpoints.position(consumer, at);
    } catch (error) {
      if (error instanceof ConsumerGone) return 0n;
      throw error;
    }
  };
  return {
    until: async () => {
      const ends = await Promise.all(
        nodeAnswers.topics.map(async (topic) => [topic, await log.positions(topic)] as const),
      );
      return new Map(ends);
    },
    areDecided: async (until) => {
      for (const [topic, ends] of until) {
        for (const { partition, next } of ends) {
          // Where nothing ever came, nothing was read either.
          if (next > 0n && (await decidedUntil({ topic, partition })) < next) return false;
        }
      }
      return true;
    },
  };
};
