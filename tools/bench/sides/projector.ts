/** Log to committed rows, as the projector does it. */
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { openPool, postgresReadModelStore } from '@plenum/postgres';
import { runProjector } from '@plenum/projector';
import type { Log, ReadModelStore } from '@plenum/runtime';
import { milestones } from '../machine/milestones.ts';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { type SetChoice, setsOf } from './read-model-sets.ts';

export type Start = SetChoice & {
  readonly log: LogPlace;
  /** Where the tables are. */
  readonly url: string;
  /** The time that the prepared data are from, for the month's table to be there from the start. */
  readonly nowMs: number;
};

const stop = new AbortController();
const progress = milestones();
let running: Promise<void> = Promise.resolve();
let log: Log | undefined;

const start = async ({ log: place, url, nowMs, ...choice }: Start): Promise<void> => {
  log = await openLog(place);
  // As many connections as the projector has unless it is told otherwise.
  const pool = openPool({ url, applicationName: 'bench projector', connectionsMax: 12 });
  const store = counted(postgresReadModelStore({ pool, logger: loudLogger, nowMs: () => nowMs }));
  const parts = { log, store, codec: avroCodec(events), sets: setsOf(choice), topics, logger: loudLogger };
  running = runProjector(parts, stop.signal).finally(() => pool.end());
};

/** Counts what has been committed. */
const counted = (store: ReadModelStore): ReadModelStore => ({
  ...store,
  transact: async (set, at, work) => {
    let read = 0;
    const result = await store.transact(set, at, (tx) =>
      work({
        ...tx,
        advance: async (next, sums) => {
          await tx.advance(next, sums);
          read = sums.read;
        },
      }),
    );
    progress.add(read);
    return result;
  },
});

const reached = ({ count }: { readonly count: number }) =>
  Promise.race([
    progress.reached(count),
    running.then(() => {
      throw new Error('the projector ended before it was told to');
    }),
  ]);

serve({ start, reached }, async () => {
  stop.abort();
  await running;
  await log?.close();
});
