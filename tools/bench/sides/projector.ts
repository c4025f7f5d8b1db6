/** Log to committed rows, as the projector does it. */
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { openPool, postgresReadModelStore } from '@plenum/postgres';
import { runProjector } from '@plenum/projector';
import type { Log, ReadModelStore } from '@plenum/runtime';
import { busyClock } from '../machine/busy-clock.ts';
import { milestones } from '../machine/milestones.ts';
import { type LogPlace, loudLogger, openLog } from '../machine/place.ts';
import { serve } from '../machine/serve.ts';
import { type ProjectionChoice, setsOf } from './projections.ts';

export type Start = ProjectionChoice & {
  readonly log: LogPlace;
  /** Where the tables are. */
  readonly url: string;
  /** The time that the prepared data are from, for the month's table to be there from the start. */
  readonly nowMs: number;
};

const stop = new AbortController();
const progress = milestones();
const inTransactions = busyClock();
let running: Promise<void> = Promise.resolve();
let log: Log | undefined;

const start = async ({ log: place, url, nowMs: dataMs, ...choice }: Start): Promise<void> => {
  log = await openLog(place);
  // As many connections as the projector has unless it is set otherwise.
  const pool = openPool({ url, applicationName: 'bench projector', connectionsMax: 12 });
  const store = counted(postgresReadModelStore({ pool, logger: loudLogger, nowMs: () => dataMs }));
  const parts = { log, store, codec: avroCodec(events), projections: setsOf(choice), topics, logger: loudLogger };
  running = runProjector(parts, stop.signal).finally(() => pool.end());
};

/** Counts what has been committed. */
const counted = (store: ReadModelStore): ReadModelStore => ({
  ...store,
  transact: (projection, at, work) =>
    counting((note) =>
      store.transact(projection, at, (tx) =>
        work({
          ...tx,
          advance: async (next, counters) => {
            await tx.advance(next, counters);
            note(counters.read);
          },
        }),
      ),
    ),
  transactTogether: (projection, places, work) =>
    counting((note) =>
      store.transactTogether(projection, places, (tx) =>
        work({
          ...tx,
          advance: async (moves) => {
            await tx.advance(moves);
            note(moves.reduce((read, { counters }) => read + counters.read, 0));
          },
        }),
      ),
    ),
});

/** What is noted last is what counts: a transaction that is begun again has undone what it did before. */
const counting = async <T>(transact: (note: (read: number) => void) => Promise<T>): Promise<T> => {
  let read = 0;
  inTransactions.begin();
  const result = await transact((noted) => {
    read = noted;
  }).finally(inTransactions.end);
  progress.add(read);
  return result;
};

/** For how long, since it began, at least one transaction was under way. */
const busyMs = (): number => inTransactions.busyMs();

const reached = ({ count }: { readonly count: number }) =>
  Promise.race([
    progress.reached(count),
    running.then(() => {
      throw new Error('the projector ended before it was asked to');
    }),
  ]);

serve({ start, reached, busyMs }, async () => {
  stop.abort();
  await running;
  await log?.close();
});
