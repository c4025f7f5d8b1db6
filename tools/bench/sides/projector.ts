/** Log to committed rows, as the projector does it. */
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { openPool, postgresReadModelStore } from '@plenum/postgres';
import { runProjector } from '@plenum/projector';
import type { Row } from '@plenum/read-model';
import type { Log, ReadModelStore } from '@plenum/runtime';
import { busyClock } from '../machine/busy-clock.ts';
import { milestones } from '../machine/milestones.ts';
import { nowMs } from '../machine/now.ts';
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

/** When a batch with a reading of the watched sensor was taken in hand, and when it was in the tables; by its value. */
export type Passage = { readonly value: number; readonly takenMs: number; readonly committedMs: number };
export type Passed = {
  readonly passages: readonly Passage[];
  readonly transactions: readonly { readonly records: number; readonly tookMs: number }[];
};

const stop = new AbortController();
const passages: Passage[] = [];
const transactions: { readonly records: number; readonly tookMs: number }[] = [];
let watched: string | undefined;
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

/** Counts what has been committed, and notes when a sensor that is watched was in it. */
const counted = (store: ReadModelStore): ReadModelStore => ({
  ...store,
  transact: async (projection, at, work) => {
    const takenMs = nowMs();
    let read = 0;
    let values: readonly number[] = [];
    inTransactions.begin();
    const transaction = store.transact(projection, at, (tx) =>
      work({
        ...tx,
        insertNew: (table, rows) => {
          if (watched !== undefined) values = valuesOf(watched, rows);
          return tx.insertNew(table, rows);
        },
        advance: async (next, counters) => {
          await tx.advance(next, counters);
          read = counters.read;
        },
      }),
    );
    const result = await transaction.finally(inTransactions.end);
    progress.add(read);
    const committedMs = nowMs();
    if (watched !== undefined) transactions.push({ records: read, tookMs: committedMs - takenMs });
    for (const value of values) passages.push({ value, takenMs, committedMs });
    return result;
  },
});

const valuesOf = (sensor: string, rows: readonly Row[]): readonly number[] =>
  rows.filter((row) => row.sensor_id === sensor).map((row) => Number(row.value));

const watch = ({ sensor }: { readonly sensor: string }): void => {
  watched = sensor;
};

/** Since it was asked the last time. */
const passed = (): Passed => ({ passages: passages.splice(0), transactions: transactions.splice(0) });

/** For how long, since it began, at least one transaction was under way. */
const busyMs = (): number => inTransactions.busyMs();

const reached = ({ count }: { readonly count: number }) =>
  Promise.race([
    progress.reached(count),
    running.then(() => {
      throw new Error('the projector ended before it was asked to');
    }),
  ]);

serve({ start, reached, watch, passed, busyMs }, async () => {
  stop.abort();
  await running;
  await log?.close();
});
