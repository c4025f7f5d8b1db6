/**
 * How long readings take from being published until PostgreSQL shows them. They are published at a pace of their own beside
 * the load, and those that were not visible yet are asked for again and again.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@plenum/postgres';
import { connectPacket, publishPacket } from '../load/packets.ts';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { packetIdOf, probeSensor } from './readings-plan.ts';

export type Open = {
  readonly mqttPort: number;
  readonly databaseUrl: string;
  /** A relation with `sensor_id`, `time` and `value`, as SQL. */
  readonly readings: string;
};
export type Latencies = { readonly milliseconds: readonly number[] };

const publishEveryMs = 25;
const askEveryMs = 4;
const connectAgainMs = 20;
const giveUpMs = 120_000;

type Pool = ReturnType<typeof openPool>;

let asked: Open | undefined;
let pool: Pool | undefined;
let socket: Socket | undefined;
let value = 0;
let closed = false;

const open = async (place: Open): Promise<void> => {
  asked = place;
  pool = openPool({ url: place.databaseUrl, applicationName: 'bench probe', connectionsMax: 1 });
  connectAgain();
};

/** For as long as nobody listens, and whenever the listener is gone. */
const connectAgain = (): void => {
  const connecting = connect({ port: asked?.mqttPort ?? 0, host: '127.0.0.1', noDelay: true });
  connecting.once('data', () => {
    socket = connecting;
  });
  connecting.on('error', () => undefined); // `close` follows.
  connecting.on('close', () => {
    socket = undefined;
    if (!closed) setTimeout(connectAgain, connectAgainMs);
  });
  connecting.write(connectPacket('probe'));
};

type Published = { readonly value: number; readonly time: string; readonly atMs: number };

/** Publishes until it is aborted; `out` gets every reading before it is written. */
const publish = async (until: AbortSignal, out: (published: Published) => void): Promise<void> => {
  while (!until.aborted) {
    value += 1;
    const time = new Date().toISOString();
    const fields = {
      sensor_id: probeSensor,
      ...{ sensor_type: 'temperature', value, unit: '°C', timestamp: time },
      location: { x: 0, y: 0, z: 0, zone: 'zone-A' },
      metadata: { simulated: true, n: value },
    };
    const payload = Buffer.from(JSON.stringify(fields));
    out({ value, time, atMs: nowMs() });
    socket?.write(publishPacket(`ceiling/sensors/${probeSensor}/data`, packetIdOf(value), payload));
    await sleep(publishEveryMs);
  }
};

/** The values that are visible, of those from a time on. None before there is a table. */
const visibleFrom = async (time: string): Promise<readonly number[]> => {
  const sql = `select value from ${asked?.readings} as r where sensor_id = $1 and time >= $2`;
  try {
    const answer = await pool?.query<{ value: number }>(sql, [probeSensor, time]);
    return answer?.rows.map((row) => row.value) ?? [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(42P01|3F000)$/.test(String(error.code))) return [];
    throw error;
  }
};

/** Settles when all that were published within the time are visible. @throws when one does not come. */
const latencies = async ({ seconds }: { readonly seconds: number }): Promise<Latencies> => {
  const outstanding = new Map<number, Published>();
  let publishing = true;
  const published = publish(AbortSignal.timeout(seconds * 1000), (one) => outstanding.set(one.value, one));
  const ended = published.finally(() => {
    publishing = false;
  });
  const milliseconds: number[] = [];
  while (publishing || outstanding.size > 0) {
    const [oldest] = outstanding.values();
    if (oldest !== undefined && nowMs() - oldest.atMs > giveUpMs) throw new Error(`reading ${oldest.value} never came`);
    for (const seen of oldest === undefined ? [] : await visibleFrom(oldest.time)) {
      const one = outstanding.get(seen);
      if (one !== undefined) milliseconds.push(nowMs() - one.atMs);
      outstanding.delete(seen);
    }
    await sleep(askEveryMs);
  }
  await ended;
  return { milliseconds };
};

/** Publishes until a reading is visible that was published from now on. Settles with when that was. @throws when none comes. */
const firstNew = async (): Promise<{ readonly atMs: number }> => {
  const stop = new AbortController();
  let first: Published | undefined;
  const publishing = publish(stop.signal, (one) => {
    first ??= one;
  });
  try {
    while (first === undefined || (await visibleFrom(first.time)).length === 0) {
      if (first !== undefined && nowMs() - first.atMs > giveUpMs) throw new Error('no reading came through');
      await sleep(askEveryMs);
    }
    return { atMs: nowMs() };
  } finally {
    stop.abort();
    await publishing;
  }
};

serve({ open, latencies, firstNew }, async () => {
  closed = true;
  socket?.destroy();
  await pool?.end();
});
