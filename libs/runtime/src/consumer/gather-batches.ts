/**
 * Batches that a log hands over partition by partition, dealt with together: a transaction costs about the same for one
 * record of one partition as for twenty of eight.
 */
import type { Batch } from '../log.ts';
import { pacer } from '../pacer.ts';
import type { Patience } from '../patience.ts';
import { systemTimer, type Timer } from '../timer.ts';
import { nameOfPartition } from './partitions.ts';

export type GatherBatches<R> = {
  /**
   * Deals with batches of different partitions, and answers for each; `undefined` when it was stopped. What it rejects with,
   * all of them do. `patient` is what one of them came with: a failure is waited out once for all.
   */
  readonly deal: (batches: readonly Batch[], patient: Patience) => Promise<readonly R[] | undefined>;
  /** How many gatherings are dealt with at a time: while one is in the database, the next is decoded. */
  readonly atATime: number;
  /** A gathering of so many records waits for no more; with its last batch it may have more. */
  readonly recordsMax: number;
  /** Gatherings begin at least so far apart, unless so many records wait. */
  readonly intervalMs: number;
  readonly timer?: Timer;
};

type Waiting<R> = {
  readonly batch: Batch;
  readonly patient: Patience;
  readonly settled: PromiseWithResolvers<R | undefined>;
};

/** Settles when the batch is dealt with; with `undefined` when it was stopped. */
export type Gathered<R> = (batch: Batch, patient: Patience) => Promise<R | undefined>;

/** @returns what takes one batch at a time of each partition, and settles when it is dealt with. */
export const gatherBatches = <R>(parts: GatherBatches<R>): Gathered<R> => {
  const { deal, atATime, recordsMax, intervalMs, timer = systemTimer } = parts;
  let waiting: Waiting<R>[] = [];
  let records = 0;
  let underWay = 0;

  const load = () => {
    if (underWay >= atATime || waiting.length === 0) return 'none';
    return records >= recordsMax ? 'full' : 'some';
  };
  /** Of a partition that has just moved two batches may be in hand, of which one comes too late: never both together. */
  const take = (): readonly Waiting<R>[] => {
    const gathering = new Map<string, Waiting<R>>();
    const left: Waiting<R>[] = [];
    let taken = 0;
    for (const one of waiting) {
      const name = nameOfPartition(one.batch);
      if (taken >= recordsMax || gathering.has(name)) {
        left.push(one);
        continue;
      }
      gathering.set(name, one);
      taken += one.batch.records.length;
    }
    waiting = left;
    records -= taken;
    return [...gathering.values()];
  };
  const dealWith = async (gathering: readonly Waiting<R>[]): Promise<void> => {
    try {
      const [first] = gathering;
      const batches = gathering.map(({ batch }) => batch);
      const answers = first && (await deal(batches, first.patient));
      for (const [index, { settled }] of gathering.entries()) settled.resolve(answers?.[index]);
    } catch (error) {
      for (const { settled } of gathering) settled.reject(error);
    }
    underWay -= 1;
    pace.consider();
  };
  const begin = (): void => {
    const gathering = take();
    pace.began();
    underWay += 1;
    void dealWith(gathering);
    pace.consider();
  };
  const pace = pacer({ timer, intervalMs, load, begin });

  return (batch, patient) => {
    const settled = Promise.withResolvers<R | undefined>();
    waiting.push({ batch, patient, settled });
    records += batch.records.length;
    pace.consider();
    return settled.promise;
  };
};
