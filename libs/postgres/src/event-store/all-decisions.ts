/** Everything that is decided, stream by stream, for whoever makes something of it in the same transaction. */
import type { Event } from '@plenum/event';
import { decodeStream, type EventCodec, type Headers } from '@plenum/runtime';
import type pg from 'pg';

const pageMax = 1_000;

type Row = {
  readonly stream: string;
  readonly version: number;
  readonly recorded_ms: string;
  readonly headers: Headers;
  readonly value: Buffer;
};

/**
 * Each stream's facts in order, in pages. Nobody decides until the transaction on `client` has ended.
 * @throws an error when one cannot be read: half of what was decided is not what was decided.
 */
export async function* allDecisions(client: pg.ClientBase, codec: EventCodec): AsyncGenerator<Event> {
  await client.query('lock table plenum_store.stream, plenum_store.command in exclusive mode');
  let after: Pick<Row, 'stream' | 'version'> = { stream: '', version: 0 };
  for (;;) {
    const { rows } = await client.query<Row>(
      `select stream, version, recorded_ms, headers, value from plenum_store.stream_event
        where (stream, version) > ($1, $2) order by stream, version limit $3`,
      [after.stream, after.version, pageMax],
    );
    const records = rows.map(({ stream: key, version, recorded_ms, headers, value }) => ({
      offset: BigInt(version),
      timestampMs: Number(recorded_ms),
      ...{ key, headers, value },
    }));
    yield* await decodeStream(codec, `one of the streams after ${after.stream}`, records);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageMax) return;
    after = last;
  }
}
