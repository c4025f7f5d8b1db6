/** A small topic, projection and codec for tests of loops and stores: things that say a value at a time. */
import { type Event, minuteOfUs } from '@plenum/event';
import { type Build, buildOf, defineFold, defineProjection, isLater, provenance, type Table } from '@plenum/read-model';
import type { EventCodec } from '../event-codec.ts';
import type { Batch, LogRecord } from '../log.ts';

export const thingsTopic = {
  name: 'things',
  about: 'What things say.',
  keyedBy: 'thing',
  holds: 'observations',
  partitions: 2,
} as const;

/** What a thing says. `note` is JSON text and may be what a database refuses. */
export type ThingData = {
  readonly thing: string;
  readonly value: number;
  readonly timeUs: number;
  readonly note?: string;
};

export type ThingRow = {
  readonly event_id: string;
  readonly thing: string;
  readonly value: number;
  readonly time: number;
  readonly note: string | undefined;
  readonly log_partition: number;
  readonly log_offset: bigint;
};

const about = 'For tests.';

const things: Table<ThingRow> = {
  name: 'things',
  about,
  columns: {
    ...provenance,
    thing: { type: 'text', about },
    value: { type: 'double precision', about },
    time: { type: 'timestamptz', about },
    note: { type: 'jsonb', nullable: true, about },
  },
  key: ['time', 'event_id'],
  indexes: [['thing', 'time']],
  partitionedBy: 'time',
  repeated: { thing: ['thing'] },
};

const thingsLatest = defineFold<ThingRow, ThingRow>({
  table: { name: 'things_latest', about, columns: things.columns, key: ['thing'], indexes: [['value']] },
  keyOf: ({ thing }) => ({ thing }),
  fold: (row, said) => {
    const current = row && { timeUs: row.time, id: row.event_id };
    return row === undefined || isLater({ timeUs: said.time, id: said.event_id }, current) ? said : row;
  },
});

type MinuteRow = {
  readonly thing: string;
  readonly minute: number;
  readonly times: bigint;
  readonly sum: number;
  readonly log_offset: bigint;
};

const thingsMinutes = defineFold<ThingRow, MinuteRow>({
  table: {
    name: 'things_minutes',
    about,
    columns: {
      thing: { type: 'text', about },
      minute: { type: 'timestamptz', about },
      times: { type: 'bigint', about },
      sum: { type: 'double precision', about },
      log_offset: { type: 'bigint', about },
    },
    key: ['thing', 'minute'],
  },
  keyOf: ({ thing, time }) => ({ thing, minute: minuteOfUs(time) }),
  fold: (row, { thing, time, value, log_offset }) => ({
    thing,
    minute: minuteOfUs(time),
    times: (row?.times ?? 0n) + 1n,
    sum: (row?.sum ?? 0) + value,
    log_offset,
  }),
});

/** A ledger, the latest of every thing, and sums by the minute, whose bits show the order of adding. */
export const thingsProjection: Build = buildOf(
  defineProjection<ThingRow>({
    name: 'things',
    version: 1,
    about,
    topics: [thingsTopic.name],
    entry: ({ event, partition, offset }) => {
      if (event.type !== 'test.ThingSaid') return undefined;
      const { thing, value, timeUs, note } = event.data as ThingData; // The type says so.
      return { event_id: event.id, thing, value, time: timeUs, note, log_partition: partition, log_offset: offset };
    },
    ledger: things,
    folds: [thingsLatest, thingsMinutes],
  }),
);

/** The same without a ledger: every entry feeds the folds, and what is refused is refused by them. */
export const ledgerlessProjection: Build = {
  name: 'bare_things',
  version: 1,
  generation: 1,
  about,
  topics: thingsProjection.topics,
  entry: thingsProjection.entry,
  // The sums come first: they are undone when the latest is refused.
  folds: thingsProjection.folds
    .toReversed()
    .map((fold) => ({ ...fold, table: { ...fold.table, name: `bare_${fold.table.name}` } })),
};

export const thingSaid = (id: number, data: ThingData): Event<ThingData> => ({
  id: `00000000-0000-7000-8000-${id.toString(16).padStart(12, '0')}`,
  type: 'test.ThingSaid',
  source: `things/${data.thing}`,
  effectiveTimeUs: data.timeUs,
  recordedTimeUs: data.timeUs,
  data,
});

/** An event that no projection here is about. */
export const somethingElse = (id: number, thing: string): Event<ThingData> => ({
  ...thingSaid(id, { thing, value: 0, timeUs: 0 }),
  type: 'test.SomethingElse',
});

/** Events as plain JSON, keyed by their thing. */
export const thingsCodec: EventCodec = {
  encode: (event) => {
    const { thing, timeUs } = event.data as ThingData; // Only things' events are given to it.
    const value = new TextEncoder().encode(JSON.stringify(event));
    return { topic: thingsTopic.name, key: thing, value, headers: {}, timestampMs: Math.floor(timeUs / 1000) };
  },
  decode: ({ value }) => {
    try {
      return { outcome: 'event', event: JSON.parse(new TextDecoder().decode(value)) as Event };
    } catch (error) {
      return { outcome: 'undecodable', reason: String(error) };
    }
  },
  learn: async () => false,
};

/** What a log would keep of events (or, for a text, of bytes nobody can read, under that key), from offset 0. */
export const thingRecords = (events: readonly (Event<ThingData> | string)[]): readonly LogRecord[] =>
  events.map((event, index) => {
    const offset = BigInt(index);
    return typeof event === 'string'
      ? { offset, timestampMs: 0, key: event, headers: {}, value: Uint8Array.of(0xff, index % 256) }
      : { offset, ...thingsCodec.encode(event) };
  });

/** A batch of one partition's records: those from one offset up to but without another. */
export const batchOf = (records: readonly LogRecord[], from: number, to: number = records.length): Batch => ({
  topic: thingsTopic.name,
  partition: 0,
  fetchedOffset: BigInt(from),
  records: records.slice(from, to),
  nextOffset: BigInt(Math.min(to, records.length)),
  endOffset: BigInt(records.length),
});
