/** A command's events, with everything that has to be true at the same moment, in one transaction; those of several in one, too. */
import { type DecidedEvent, partitionOf } from '@plenum/event';
import { type InlineProjection, inlineStatements, type Notice } from '@plenum/read-model';
import {
  type Append,
  type Appended,
  checkNumbers,
  type EventCodec,
  type NewRecord,
  organisationOf,
  placeOfStream,
  plainEvents,
  type StreamVersion,
} from '@plenum/runtime';
import type pg from 'pg';
import { batchWriter } from '../log/batch-writer.ts';
import { appendQuery, endNotice, makeFlush } from '../log/flush.ts';
import type { TopicTable } from '../log/topics.ts';
import { inPipelinedTransaction } from '../pool.ts';
import { sqlOf } from '../sql.ts';
import { prepared } from '../statements/prepared.ts';
import type { Notices } from './notices.ts';
import { KeyUsed, takeKey } from './requests.ts';
import { changeHands, NameHeld } from './reservations.ts';

export type AppendParts = {
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly topics: TopicTable;
  readonly inline: readonly InlineProjection[];
  readonly notices: Pick<Notices, 'add'>;
};

/** Its bytes are copied at once, so that decisions that are under way together share it. */
const writer = batchWriter();

/** A command's events as they are stored, made before its transaction. @throws when they are not numbered as they are to follow. */
export const prepareAppend = ({ codec }: Pick<AppendParts, 'codec'>, append: Append): PreparedAppend => {
  const { commandId, streams } = append;
  checkNumbers(append);
  const asked = streams.map((one): Asked => {
    const records = one.events.map(codec.encode);
    return { ...one, records, place: placeOfStream(one.stream, records), organisation: organisationOf(one) };
  });
  if (asked.every(({ records }) => records.length === 0)) throw new Error(`command ${commandId} records nothing`);
  return { append, asked, plain: streams.flatMap(plainEvents) };
};

export type PreparedAppend = {
  readonly append: Append;
  readonly asked: readonly Asked[];
  /** What inline projections are made of. */
  readonly plain: readonly DecidedEvent[];
};

type Asked = Append['streams'][number] & {
  readonly records: readonly NewRecord[];
  /** `undefined` when it gets none. */
  readonly place: ReturnType<typeof placeOfStream>;
  readonly organisation: string | undefined;
};

/** As the port's `append`. */
export const appendStreams = async (parts: AppendParts, one: PreparedAppend): Promise<Appended> => {
  try {
    const [appended] = await inOneTransaction(parts, [one]);
    if (appended === undefined) throw new Error('a command got no answer');
    return appended;
  } catch (error) {
    if (error instanceof Overtaken) return { outcome: 'conflict', ...error.at };
    if (error instanceof KeyUsed) return { outcome: 'key-used' };
    if (error instanceof NameHeld) return { outcome: 'reserved', name: error.heldName };
    throw error;
  }
};

/**
 * The same of several commands, no two of which are about one stream, when all of them can be recorded.
 * @throws when not: nothing of any is recorded then, and each is to be recorded by itself. TransientFailure, as the port's `append`.
 */
export const appendAll = async (parts: AppendParts, appends: readonly PreparedAppend[]): Promise<readonly Appended[]> =>
  inOneTransaction(parts, appends);

const inOneTransaction = async (
  parts: AppendParts,
  appends: readonly PreparedAppend[],
): Promise<readonly Appended[]> => {
  const plain = appends.flatMap((one) => one.plain);
  let reached: readonly Notice[] = [];
  const all = await inPipelinedTransaction(parts.pool, async (client, begun) => {
    await begun;
    const advanced = await advance(client, appends);
    for (const { append } of appends) if (append.request !== undefined) await takeKey(client, append.request);
    if (advanced.some(({ outcome }) => outcome === 'known')) {
      if (appends.length > 1) throw new Error('one of several commands was recorded before');
      return advanced;
    }
    for (const { append } of appends) {
      await changeHands(client, append.reservations ?? []);
      await append.alongside?.(sqlOf(client));
    }
    const changes = inlineStatements(parts.inline, plain);
    // All of it is on its way at once, and the server takes it in this order: each may read what those before it have written.
    const stored = [
      storeEvents(client, appends),
      ...changes.map(({ text, parameters }) => client.query(prepared(text, [...parameters]))),
    ];
    // Last, because it locks partitions that others wait for.
    const last = toLog(
      client,
      parts.topics,
      appends.flatMap(({ asked }) => asked.flatMap(({ records }) => records)),
    );
    await Promise.all([...stored, last]);
    reached = await last;
    return advanced;
  });
  if (all.every(({ outcome }) => outcome === 'appended')) {
    parts.notices.add([...reached, ...parts.inline.flatMap(({ notices }) => notices?.(plain) ?? [])]);
  }
  return all;
};

type AdvancedRow = {
  readonly outcome: 'appended' | 'conflict' | 'known';
  readonly command_id: string;
  readonly stream: string;
  readonly version: number;
};

/** Undoes the transaction in which it is thrown: somebody else was first. */
class Overtaken extends Error {
  readonly at: StreamVersion;
  constructor(at: StreamVersion) {
    super('somebody else was first');
    this.name = 'Overtaken';
    this.at = at;
  }
}

/** @returns the answer of each command, unless one was recorded before: then of those that were. @throws Overtaken */
const advance = async (client: pg.ClientBase, appends: readonly PreparedAppend[]): Promise<readonly Advanced[]> => {
  const streams = appends.flatMap(({ asked }, index) => asked.map((one) => ({ ...one, of: index + 1 })));
  const { rows } = await client.query<AdvancedRow>({
    name: 'plenum_store_advance_streams',
    // What follows in this transaction finds rows by their keys, too: its plans are kept, and may be made for a table that is empty.
    text: `select outcome, command_id, stream, version, set_config('enable_seqscan', 'off', true)
             from plenum_store.advance_streams($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      appends.map(({ append }) => append.commandId),
      streams.map(({ of }) => of),
      streams.map(({ stream }) => stream),
      streams.map(({ expectedVersion }) => expectedVersion),
      streams.map(({ records }) => records.length),
      streams.map(({ place }) => place?.topic ?? ''),
      streams.map(({ place }) => place?.key ?? ''),
      streams.map(({ organisation }) => organisation ?? ''),
    ],
  });
  const [first] = rows;
  if (first === undefined) throw new Error('nothing was advanced');
  const { outcome, stream, version } = first;
  if (outcome === 'conflict') throw new Overtaken({ stream, version });
  const ofEach = Map.groupBy(rows, ({ command_id }) => command_id);
  return appends.map(({ append: { commandId } }) => {
    const advanced = (ofEach.get(commandId) ?? []).map((row) => ({ stream: row.stream, version: row.version }));
    return { outcome, answer: { commandId, streams: advanced } };
  });
};

type Advanced = Extract<Appended, { readonly outcome: 'appended' | 'known' }>;

const storeEvents = async (client: pg.ClientBase, appends: readonly PreparedAppend[]): Promise<void> => {
  const stored = appends.flatMap(({ append: { commandId }, asked }) =>
    asked.flatMap(({ stream, expectedVersion, records }) =>
      records.map((record, index) => ({ commandId, stream, version: expectedVersion + index + 1, record })),
    ),
  );
  await client.query({
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
  });
};

/** What those who follow the log are to hear. */
const toLog = async (
  client: pg.ClientBase,
  topics: TopicTable,
  records: readonly NewRecord[],
): Promise<readonly Notice[]> => {
  const placed = records.map((record) => {
    const topic = topics.get(record.topic);
    return { record, topic, partition: partitionOf(record.key, topic.partitions) };
  });
  const { bodies, ...flush } = makeFlush([placed], writer);
  // The command is what makes this happen once: the log's own memory of who appended what has nothing to add.
  const query = appendQuery('plenum_store', { ...flush, bodies: Buffer.from(bodies) });
  const { rows } = await client.query<{ first_offsets: readonly string[] }>(query);
  return (rows[0]?.first_offsets ?? []).map((first, index) => endNotice('plenum_store', flush, { first, index }));
};
