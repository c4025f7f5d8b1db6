/**
 * Readings published at random moments, each until the API shows it. Not one after another: that would publish each just after
 * something was committed, and never hear of who comes at a worse moment. Times are the machine's own clock.
 *
 * The API is asked once the row is there, and that is looked for in the database: a question to the API takes milliseconds of
 * both cores, and asking it all the time would be the greatest load of all.
 */
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@plenum/postgres';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { connectPacket, pubackReader, publishPacket } from './packets.ts';

export type Open = {
  readonly mqttPort: number;
  readonly apiUrl: string;
  readonly apiHeaders: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly sensor: string;
};

/** What became of a reading, and when. It came into the table after `missedMs`, when it was not there yet. */
export type SeenReading = {
  readonly publishedMs: number;
  readonly acknowledgedMs: number;
  readonly missedMs: number;
  readonly rowMs: number;
  readonly seenMs: number;
};
export type Seen = { readonly readings: readonly SeenReading[] };

const giveUpMs = 10_000;
/** Between two looks at the table. A reading is seen this much late at most, and what the look takes. */
const lookEveryMs = 2;
/** Between two readings, from the least to the most. */
const gapMs = [10, 40] as const;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

type Way = Open & { readonly socket: Socket; readonly pool: ReturnType<typeof openPool> };
type UnderWay = { readonly value: number; readonly publishedMs: number; acknowledgedMs: number };

let way: Way | undefined;
/** The last that was published, acknowledged, and seen. Values are whole numbers, one after another. */
let [published, acknowledged, seen] = [0, 0, 0];
const underWay = new Map<number, UnderWay>();

const open = (asked: Open): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: asked.mqttPort, host: '127.0.0.1', noDelay: true });
    const pool = openPool({ url: asked.databaseUrl, applicationName: 'bench probe', connectionsMax: 1 });
    way = { ...asked, socket, pool };
    let due = 0;
    const reader = pubackReader(() => packetIdOf((due += 1)));
    socket.once('data', () => {
      resolve();
      socket.on('data', (bytes: Buffer) => {
        for (let count = reader.read(bytes, bytes.length); count > 0; count -= 1) {
          acknowledged += 1;
          const reading = underWay.get(acknowledged);
          if (reading !== undefined) reading.acknowledgedMs = nowMs();
        }
      });
    });
    socket.on('error', reject);
    socket.write(connectPacket('probe'));
  });

const packetIdOf = (value: number): number => (value % 65_535) + 1;

const run = async ({ seconds }: { readonly seconds: number }): Promise<Seen> => {
  if (way === undefined) throw new Error('nothing is open');
  const untilMs = performance.now() + seconds * 1000;
  const readings: SeenReading[] = [];
  const publishing = publishUntil(way, untilMs);
  let missedMs = nowMs();
  while (performance.now() < untilMs || underWay.size > 0) {
    const lookedMs = nowMs();
    const value = await inTable(way);
    const rowMs = nowMs();
    if (value > seen) readings.push(...(await showUpTo(way, value, { missedMs, rowMs })));
    missedMs = lookedMs;
    for (const { publishedMs } of underWay.values()) {
      if (rowMs - publishedMs > giveUpMs) throw new Error(`a reading was not seen for ${giveUpMs} ms`);
      break; // The oldest one is the first.
    }
    await sleep(lookEveryMs);
  }
  await publishing;
  return { readings };
};

const publishUntil = async ({ socket, sensor }: Way, untilMs: number): Promise<void> => {
  const [least, most] = gapMs;
  while (performance.now() < untilMs) {
    published += 1;
    const value = published;
    const fields = { sensor_type: 'temperature', value, unit: '°C', location: { x: 0, y: 0, z: 0 } };
    const payload = Buffer.from(JSON.stringify({ ...fields, timestamp: new Date().toISOString() }));
    underWay.set(value, { value, publishedMs: nowMs(), acknowledgedMs: Number.NaN });
    socket.write(publishPacket(`ceiling/sensors/${sensor}/data`, packetIdOf(value), payload));
    await sleep(least + Math.random() * (most - least));
  }
};

/** The value that queries can see now. A statement with a name is planned once: planning the view takes longer than the look. */
const inTable = async ({ pool, sensor }: Way): Promise<number> => {
  const look = { name: 'look', text: 'select value from public.sensor_latest where sensor_id = $1', values: [sensor] };
  const { rows } = await pool.query<{ value: number }>(look);
  return rows[0]?.value ?? 0;
};

/** Asks the API, and answers what it shows now and did not show before. */
const showUpTo = async (
  where: Way,
  value: number,
  times: Pick<SeenReading, 'missedMs' | 'rowMs'>,
): Promise<readonly SeenReading[]> => {
  const shown = await shownBy(where);
  if (shown < value) throw new Error(`the API shows ${shown} when ${value} is in the table`);
  const seenMs = nowMs();
  const found: SeenReading[] = [];
  for (seen += 1; seen <= value; seen += 1) {
    const reading = underWay.get(seen);
    underWay.delete(seen);
    if (reading !== undefined) found.push({ ...reading, ...times, seenMs });
  }
  seen = value;
  return found;
};

const shownBy = async ({ apiUrl, apiHeaders, sensor }: Way): Promise<number> => {
  const text = await page(`${apiUrl}/api/v1/readings/latest?sensor=${sensor}`, apiHeaders);
  const { items } = JSON.parse(text) as { readonly items: readonly { readonly value: number }[] }; // As the API declares it.
  return items[0]?.value ?? 0;
};

const page = (url: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the API answered ${response.statusCode}: ${text}`));
      });
    }).on('error', reject);
  });

/** How many have been published in all; each of them was seen. */
const count = (): number => published;

serve({ open, run, count }, async () => {
  way?.socket.destroy();
  agent.destroy();
  await way?.pool.end();
});
