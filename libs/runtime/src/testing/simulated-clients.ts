/** Clients of the log and of the read models that the simulation gives to its projectors: slow ones, and those that err. */
import type { Log } from '../log.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import type { Chance } from './chance.ts';
import type { MemoryLog } from './memory-log.ts';

type Strikes = (fault: 'slow' | 'stray', share: number) => boolean;

/** A log whose client, as some do, now and then begins somewhere behind the position it was given. */
export const straying = (log: MemoryLog, random: Chance, strikes: Strikes): Log => ({
  ...log,
  subscribe: (subscription, stop) =>
    log.subscribe(
      {
        ...subscription,
        position: async (topic, partition) => {
          const at = await subscription.position(topic, partition);
          const end = (await log.positions(topic))[partition]?.next ?? at;
          // Before the end: there it would wait for what comes next, and no store can show it that it is wrong.
          return at + 1n < end && strikes('stray', 0.5) ? at + 1n + BigInt(random.below(Number(end - at - 1n))) : at;
        },
      },
      stop,
    ),
});

/** A store whose transactions sometimes take their time, so that others get in between. */
export const slowed = (store: ReadModelStore, random: Chance, strikes: Strikes): ReadModelStore => {
  const slowly =
    <Tx, T>(work: (tx: Tx) => Promise<T>) =>
    async (tx: Tx): Promise<T> => {
      if (strikes('slow', 0.1)) for (let turns = random.below(20); turns > 0; turns -= 1) await nextTurn();
      return work(tx);
    };
  return {
    ...store,
    transact: (projection, at, work) => store.transact(projection, at, slowly(work)),
    transactTogether: (projection, places, work) => store.transactTogether(projection, places, slowly(work)),
  };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
