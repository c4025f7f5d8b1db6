/**
 * Makes sure that what was committed lasts. A batch's commit need not (decision 16): a database that crashes may take the
 * latest ones with it, and the process that brings the next batch sees that the checkpoint has gone back. Where no next
 * batch comes, nobody would. So a partition in which nothing has happened for a while is confirmed, once.
 */
import type { Patience, Pause } from '../patience.ts';
import type { CheckpointReads, ConsumerId, TopicPartition } from './checkpoint-store.ts';
import { nameOfPartition } from './partitions.ts';

export type QuietPartitions = {
  /** As it is said to be committed: by this member, or before it by another. */
  note(at: TopicPartition, next: bigint): void;
  /** Settles when `over` aborts, or, with the partition, as soon as one is found to have gone back. */
  watch(over: AbortSignal): Promise<TopicPartition | undefined>;
};

export type QuietPartitionsParts = {
  readonly checkpoints: Pick<CheckpointReads, 'confirm'>;
  readonly consumer: ConsumerId;
  readonly patient: Patience;
  readonly pause: Pause;
};

/** A partition is quiet when nothing was noted between two looks. */
const lookEveryMs = 500;

type Noted = { readonly at: TopicPartition; readonly next: bigint };

export const quietPartitions = ({ checkpoints, consumer, patient, pause }: QuietPartitionsParts): QuietPartitions => {
  const unconfirmed = new Map<string, Noted>();
  let wake: (() => void) | undefined;

  const noted = async (over: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    wake = end;
    over.addEventListener('abort', end, { once: true });
    await promise;
    over.removeEventListener('abort', end);
    wake = undefined;
  };

  return {
    note(at, next) {
      unconfirmed.set(nameOfPartition(at), { at, next });
      wake?.();
    },
    async watch(over) {
      let before: ReadonlyMap<string, Noted> = new Map();
      while (!over.aborted) {
        // Where nothing happens, nobody looks.
        if (unconfirmed.size === 0) await noted(over);
        for (const [name, then] of before) {
          const isQuiet = (): boolean => unconfirmed.get(name) === then;
          if (!isQuiet()) continue;
          const kept = await patient(() => checkpoints.confirm(consumer, then.at));
          if (kept === undefined) return undefined;
          if (!isQuiet()) continue;
          unconfirmed.delete(name);
          if (kept < then.next) return then.at;
        }
        before = new Map(unconfirmed);
        await pause(lookEveryMs, over);
      }
      return undefined;
    },
  };
};
