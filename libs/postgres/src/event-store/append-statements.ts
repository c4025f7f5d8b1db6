/** The statements that record what was decided: streams are advanced, their events kept, and the log's outbox gets them. */
import { type DecidedEvent, partitionOf } from '@plenum/event';
import type { Notice } from '@plenum/read-model';
import type { Append, Appended, NewRecord, organisationOf, placeOfStream } from '@plenum/runtime';
import type pg from 'pg';
import { batchWriter } from '../log/batch-writer.ts';
import { appendQuery, endNotice, makeFlush } from '../log/flush.ts';
import type { TopicTable } from '../log/topics.ts';

/** A command's events as they are stored, made before its transaction. */
export type PreparedAppend = {
  readonly append: Append;
  readonly asked: readonly Asked[];
  /** What inline projections are made of. */
  readonly plain: readonly DecidedEvent[];
};

export type Asked = Append['streams'][number] & {
  readonly records: readonly NewRecord[];
  /** `undefined` when it gets none. */
  readonly place: ReturnType<typeof placeOfStream>;
  readonly organisation: ReturnType<typeof organisationOf>;
};

export type AdvancedRow = {
  readonly outcome: 'appended' | 'conflict' | 'known';
  readonly command_id: string;
  readonly stream: string;
  readonly version: number;
};

/** What it fails with where not all can be recorded. */
export const notAllCode = 'PLALL';

/** With `all` it fails where something of it cannot be recorded; else its rows say what. */
export const advanceQuery = (appends: readonly PreparedAppend[], all: boolean): pg.QueryConfig => {
  const streams = appends.flatMap(({ asked }, index) => asked.map((one) => ({ ...one, of: index + 1 })));
  return {
    name: 'plenum_store_advance_streams',
    // What follows in this transaction finds rows by their keys, too: its plans are kept, and may be made for a table that is empty.
    text: `select outcome, command_id, stream, version, set_config('enable_seqscan', 'off', true),
                  set_config('plan_cache_mode', 'force_generic_plan', true)
             from plenum_store.advance_streams($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      appends.map(({ append }) => append.commandId),
      streams.map(({ of }) => of),
      streams.map(({ stream }) => stream),
      streams.map(({ expectedVersion }) => expectedVersion),
      streams.map(({ records }) => records.length),
      streams.map(({ place }) => place?.topic ?? ''),
      streams.map(({ place }) => place?.key ?? ''),
      streams.map(({ organisation }) => organisation ?? ''),
      all,
    ],
  };
};

export type Advanced = Extract<Appended, { readonly outcome: 'appended' | 'known' }>;

/** Of each command how far its streams are now, or were when it was recorded before. */
export const advancedOf = (
  appends: readonly PreparedAppend[],
  outcome: Advanced['outcome'],
  rows: readonly AdvancedRow[],
): readonly Advanced[] => {
  const ofEach = Map.groupBy(rows, ({ command_id }) => command_id);
  return appends.map(({ append: { commandId } }) => {
    const streams = (ofEach.get(commandId) ?? []).map(({ stream, version }) => ({ stream, version }));
    return { outcome, answer: { commandId, streams } };
  });
};

export const storeQuery = (appends: readonly PreparedAppend[]): pg.QueryConfig => {
  const stored = appends.flatMap(({ append: { commandId }, asked }) =>
    asked.flatMap(({ stream, expectedVersion, records }) =>
      records.map((record, index) => ({ commandId, stream, version: expectedVersion + index + 1, record })),
    ),
  );
  return {
    name: 'plenum_store_events',
    text: `insert into plenum_store.stream_event (stream, version, command_id, recorded_ms, headers, value)
           select a.stream, a.version, a.command_id, a.recorded_ms, a.headers, a.value
             from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::jsonb[], $6::bytea[])
                  as a(command_id, stream, version, recorded_ms, headers, value)`,
    values: [
      stored.map(({ commandId }) => commandId),
      stored.map(({ stream }) => stream),
      stored.map(({ version }) => version),
      stored.map(({ record }) => record.timestampMs),
      stored.map(({ record }) => JSON.stringify(record.headers)),
      stored.map(({ record }) => Buffer.from(record.value)),
    ],
  };
};

/** Its bytes are copied at once, so that decisions that are under way together share it. */
const writer = batchWriter();

export type ToLog = {
  readonly query: pg.QueryConfig;
  /** What those who follow the log are to hear, by what the query answered. */
  readonly notices: (rows: readonly { readonly first_offsets: readonly string[] }[]) => readonly Notice[];
};

export const toLog = (topics: TopicTable, appends: readonly PreparedAppend[]): ToLog => {
  const records = appends.flatMap(({ asked }) => asked.flatMap((one) => one.records));
  const placed = records.map((record) => {
    const topic = topics.get(record.topic);
    return { record, topic, partition: partitionOf(record.key, topic.partitions) };
  });
  const { bodies, ...flush } = makeFlush([placed], writer);
  return {
    // The command is what makes this happen once: the log's own memory of who appended what has nothing to add.
    query: appendQuery('plenum_store', { ...flush, bodies: Buffer.from(bodies) }),
    notices: (rows) =>
      (rows[0]?.first_offsets ?? []).map((first, index) => endNotice('plenum_store', flush, { first, index })),
  };
};
