import { type Answer, decodeStream, type EventCodec, type Headers, type LoadedStream } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';
import { translateError } from '../translate-error.ts';

/** Events that one answer holds; a stream is read in as many as it takes. */
const pageMax = 500;

/** Of each of several streams, which are short as a rule. */
const pageOfMany = 50;

type EventRow = {
  readonly stream: string;
  readonly stream_version: number;
  readonly organisation: string;
  readonly key: string;
  /** Null when the stream has nothing after what was asked. */
  readonly version: number | null;
  readonly recorded_ms: string;
  readonly headers: Headers;
  readonly value: Buffer;
};

/** One plan for each connection: what takes the most time of a small question is to find out how to answer it. */
const ask = async (
  pool: pg.Pool,
  ...asked: readonly [streams: readonly string[], after: number, max: number]
): Promise<readonly EventRow[]> => {
  try {
    const name = 'plenum_store_load_streams';
    const text = 'select * from plenum_store.load_streams($1, $2, $3)';
    return (await pool.query<EventRow>({ name, text, values: [...asked] })).rows;
  } catch (error) {
    throw translateError(error);
  }
};

/** As the port's `load`. */
export const loadStream = async (
  pool: pg.Pool,
  codec: EventCodec,
  { stream, after }: { readonly stream: string; readonly after: number },
): Promise<LoadedStream> => loadedFrom(codec, stream, await ask(pool, [stream], after, pageMax));

/** As the port's `loadAll`. */
export const loadStreams = async (
  pool: pg.Pool,
  codec: EventCodec,
  streams: readonly string[],
): Promise<readonly LoadedStream[]> =>
  Promise.all((await askForStreams(pool, codec, streams)).map((loaded) => loaded()));

/** The same with one question; each is decoded by itself, when it is asked for. */
export const askForStreams = async (
  pool: pg.Pool,
  codec: EventCodec,
  streams: readonly string[],
): Promise<readonly (() => Promise<LoadedStream>)[]> => {
  const rows = await ask(pool, streams, 0, pageOfMany);
  const found = Map.groupBy(rows, ({ stream }) => stream);
  return streams.map((stream) => () => loadedFrom(codec, stream, found.get(stream) ?? []));
};

const loadedFrom = async (codec: EventCodec, stream: string, rows: readonly EventRow[]): Promise<LoadedStream> => {
  const records = rows
    .filter(({ version }) => version !== null)
    .map(({ version, recorded_ms, key, headers, value }) => ({
      offset: BigInt(version ?? 0),
      timestampMs: Number(recorded_ms),
      ...{ key, headers, value },
    }));
  const [first] = rows;
  const events = await decodeStream(codec, stream, records);
  return { version: first?.stream_version ?? 0, organisation: first?.organisation, events };
};

/** As the port's `answered`. */
export const answerTo = async (pool: pg.Pool, commandId: string): Promise<Answer | undefined> => {
  const streams = await query<Answer['streams'][number]>(
    pool,
    `select a.stream, a.version from plenum_store.command c, unnest(c.streams, c.versions) as a(stream, version)
      where c.command_id = $1`,
    [commandId],
  );
  return streams.length === 0 ? undefined : { commandId, streams };
};
