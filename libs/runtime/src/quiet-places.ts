/**
 * Makes sure that what was committed lasts. A batch's commit need not (decision 16): a database that crashes may take the
 * latest ones with it, and whoever brings the next batch sees that the checkpoint has gone back. Where no next batch comes,
 * nobody would. So a place at which nothing has happened for a while is confirmed, once.
 */
import type { Projection } from '@plenum/read-model';
import type { Patience, Pause } from './patience.ts';
import type { ReadModelStore, TopicPartition } from './read-model-store.ts';

export type QuietPlaces = {
  /** As it is said to be committed: by this member, or before it by another. */
  note(at: TopicPartition, next: bigint): void;
  /** Settles when `over` aborts, or, with the place, as soon as one is found to have gone back. */
  watch(over: AbortSignal): Promise<TopicPartition | undefined>;
};

export type QuietPlacesParts = {
  readonly store: Pick<ReadModelStore, 'confirm'>;
  readonly projection: Projection;
  readonly patient: Patience;
  readonly pause: Pause;
};

/** A place is quiet when nothing was noted between two looks. */
const lookEveryMs = 500;

type Noted = { readonly at: TopicPartition; readonly next: bigint };

export const quietPlaces = ({ store, projection, patient, pause }: QuietPlacesParts): QuietPlaces => {
  const unconfirmed = new Map<string, Noted>();

  return {
    note(at, next) {
      unconfirmed.set(`${at.topic}/${at.partition}`, { at, next });
    },
    async watch(over) {
      let before: ReadonlyMap<string, Noted> = new Map();
      while (!over.aborted) {
        for (const [name, noted] of before) {
          const isQuiet = (): boolean => unconfirmed.get(name) === noted;
          if (!isQuiet()) continue;
          const kept = await patient(() => store.confirm(projection, noted.at));
          if (kept === undefined) return undefined;
          if (!isQuiet()) continue;
          unconfirmed.delete(name);
          if (kept < noted.next) return noted.at;
        }
        before = new Map(unconfirmed);
        await pause(lookEveryMs, over);
      }
      return undefined;
    },
  };
};
