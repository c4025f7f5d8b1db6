/** One command's events, with everything that has to be true at the same moment, in one transaction. */
import { partitionOf } from '@plenum/event';
import type { InlineProjection } from '@plenum/read-model';
import {
  type Answer,
  type Append,
  type Appended,
  checkNumbers,
  type EventCodec,
  type NewRecord,
  organisationOf,
  placeOfStream,
  plainEvents,
} from '@plenum/runtime';
import type pg from 'pg';
import { batchWriter } from '../log/batch-writer.ts';
import { appendQuery, makeFlush } from '../log/flush.ts';
import type { TopicTable } from '../log/topics.ts';
import { inTransaction } from '../pool.ts';
import { sqlOf } from '../sql.ts';
import { KeyUsed, takeKey } from './requests.ts';
import { changeHands, NameHeld } from './reservations.ts';

export type AppendParts = {
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly topics: TopicTable;
  readonly inline: readonly InlineProjection[];
};

/** Its bytes are copied at once, so that decisions that are under way together share it. */
const writer = batchWriter();

/** As the port's `append`. */
export const appendStreams = async (parts: AppendParts, append: Append): Promise<Appended> => {
  const { commandId, streams, reservations = [], request, alongside } = append;
  checkNumbers(append);
  const asked = streams.map((one): Asked => {
    const records = one.events.map(parts.codec.encode);
    return { ...one, records, place: placeOfStream(one.stream, records), organisation: organisationOf(one) };
  });
  const records = asked.flatMap((one) => one.records);
  if (records.length === 0) throw new Error(`command ${commandId} records nothing`);

  const inOne = inTransaction(parts.pool, async (client) => {
    const advanced = await advance(client, commandId, asked);
    if (request !== undefined && advanced.outcome !== 'conflict') await takeKey(client, request);
    if (advanced.outcome !== 'appended') return advanced;
    await changeHands(client, reservations);
    await alongside?.(sqlOf(client));
    await storeEvents(client, commandId, asked);
    await writeInline(client, parts.inline, streams);
    // Last, because it locks partitions that others wait for.
    await toLog(client, parts.topics, records);
    return advanced;
  });
  return inOne.catch((error: unknown): Appended => {
    if (error instanceof KeyUsed) return { outcome: 'key-used' };
    if (error instanceof NameHeld) return { outcome: 'reserved', name: error.heldName };
    throw error;
  });
};

type Asked = Append['streams'][number] & {
  readonly records: readonly NewRecord[];
  /** `undefined` when it gets none. */
  readonly place: ReturnType<typeof placeOfStream>;
  readonly organisation: string | undefined;
};

type AdvancedRow = {
  readonly outcome: 'appended' | 'conflict' | 'known';
  readonly stream: string;
  readonly version: number;
};

const advance = async (client: pg.ClientBase, commandId: string, asked: readonly Asked[]): Promise<Appended> => {
  const { rows } = await client.query<AdvancedRow>({
    name: 'plenum_store_advance',
    text: 'select outcome, stream, version from plenum_store.advance($1, $2, $3, $4, $5, $6, $7)',
    values: [
      commandId,
      asked.map(({ stream }) => stream),
      asked.map(({ expectedVersion }) => expectedVersion),
      asked.map(({ records }) => records.length),
      asked.map(({ place }) => place?.topic ?? ''),
      asked.map(({ place }) => place?.key ?? ''),
      asked.map(({ organisation }) => organisation ?? ''),
    ],
  });
  const [first] = rows;
  if (first === undefined) throw new Error(`command ${commandId} got no answer`);
  const { outcome, stream, version } = first;
  if (outcome === 'conflict') return { outcome, stream, version };
  const answer: Answer = { commandId, streams: rows.map((row) => ({ stream: row.stream, version: row.version })) };
  return { outcome, answer };
};

const storeEvents = async (client: pg.ClientBase, commandId: string, asked: readonly Asked[]): Promise<void> => {
  const stored = asked.flatMap(({ stream, expectedVersion, records }) =>
    records.map((record, index) => ({ stream, version: expectedVersion + index + 1, record })),
  );
  await client.query({
    name: 'plenum_store_events',
    text: `insert into plenum_store.stream_event (stream, version, command_id, recorded_ms, headers, value)
           select a.stream, a.version, $1, a.recorded_ms, a.headers, a.value
             from unnest($2::text[], $3::int[], $4::bigint[], $5::jsonb[], $6::bytea[])
                  as a(stream, version, recorded_ms, headers, value)`,
    values: [
      commandId,
      stored.map(({ stream }) => stream),
      stored.map(({ version }) => version),
      stored.map(({ record }) => record.timestampMs),
      stored.map(({ record }) => JSON.stringify(record.headers)),
      stored.map(({ record }) => Buffer.from(record.value)),
    ],
  });
};

/** One after another: they share a connection, and each may read what those before it have written. */
const writeInline = async (
  client: pg.ClientBase,
  inline: readonly InlineProjection[],
  streams: Append['streams'],
): Promise<void> => {
  for (const event of streams.flatMap(plainEvents)) {
    for (const { text, parameters } of inline.flatMap(({ statements }) => statements(event))) {
      await client.query(text, [...parameters]);
    }
  }
};

const toLog = async (client: pg.ClientBase, topics: TopicTable, records: readonly NewRecord[]): Promise<void> => {
  const placed = records.map((record) => {
    const topic = topics.get(record.topic);
    return { record, topic, partition: partitionOf(record.key, topic.partitions) };
  });
  const { bodies, ...flush } = makeFlush([placed], writer);
  // The command is what makes this happen once: the log's own memory of who appended what has nothing to add.
  await client.query(appendQuery('plenum_store', { ...flush, bodies: Buffer.from(bodies) }));
};
