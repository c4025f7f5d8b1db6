import { type Answer, decodeStream, type EventCodec, type Headers, type LoadedStream } from '@plenum/runtime';
import type pg from 'pg';
import { query } from '../pool.ts';

/** Events that one answer holds; a stream is read in as many as it takes. */
const pageMax = 500;

type EventRow = {
  readonly stream_version: number;
  readonly organisation: string;
  readonly key: string;
  /** Null when the stream has nothing after what was asked. */
  readonly version: number | null;
  readonly recorded_ms: string;
  readonly headers: Headers;
  readonly value: Buffer;
};

/** As the port's `load`. */
export const loadStream = async (
  pool: pg.Pool,
  codec: EventCodec,
  { stream, after }: { readonly stream: string; readonly after: number },
): Promise<LoadedStream> => {
  const rows = await query<EventRow>(
    pool,
    `select s.version as stream_version, s.organisation, s.key, e.version, e.recorded_ms, e.headers, e.value
       from plenum_store.stream s
       left join lateral (
         select * from plenum_store.stream_event e where e.stream = s.stream and e.version > $2
          order by e.version limit $3
       ) e on true
      where s.stream = $1 order by e.version`,
    [stream, after, pageMax],
  );
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
