/**
 * One reading after another, each from the moment it is published until a query shows it. Times are the machine's own
 * clock, which all processes share, so that others can say what happened to a reading in between.
 */

import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { connectPacket, publishPacket } from './packets.ts';

export type Open = { readonly mqttPort: number; readonly apiUrl: string; readonly sensor: string };
/** What became of a reading, by the value it had, and when. `askedMs` is when the query that showed it was sent. */
export type SeenReading = {
  readonly value: number;
  readonly publishedMs: number;
  readonly acknowledgedMs: number;
  readonly askedMs: number;
  readonly seenMs: number;
};
export type Seen = { readonly readings: readonly SeenReading[] };

const giveUpMs = 10_000;
/**
 * Between two questions. Asked without a pause, the questions would be the greatest load of all, and what they wait for would
 * wait for them; a reading is seen this much late at most.
 */
const askEveryMs = 5;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

let socket: Socket | undefined;
let sensor = '';
let pageUrl = '';
let number = 0;
let acknowledgedMs = Number.NaN;

const open = ({ mqttPort, apiUrl, sensor: name }: Open): Promise<void> =>
  new Promise((resolve, reject) => {
    sensor = name;
    pageUrl = `${apiUrl}/api/v1/readings/latest?sensor=${sensor}`;
    const connecting = connect({ port: mqttPort, host: '127.0.0.1', noDelay: true });
    socket = connecting;
    connecting.once('data', () => {
      connecting.on('data', () => {
        acknowledgedMs = nowMs(); // One reading is under way, so whatever comes is its acknowledgement.
      });
      resolve();
    });
    connecting.on('error', reject);
    connecting.write(connectPacket('probe'));
  });

const run = async ({ seconds }: { readonly seconds: number }): Promise<Seen> => {
  const readings: SeenReading[] = [];
  const untilMs = performance.now() + seconds * 1000;
  while (performance.now() < untilMs) readings.push(await once());
  return { readings };
};

const once = async (): Promise<SeenReading> => {
  number += 1;
  const value = number;
  const fields = {
    sensor_type: 'temperature',
    value,
    unit: '°C',
    timestamp: new Date().toISOString(),
    location: { x: 0, y: 0, z: 0 },
  };
  const packet = publishPacket(
    `ceiling/sensors/${sensor}/data`,
    (value % 65_535) + 1,
    Buffer.from(JSON.stringify(fields)),
  );
  acknowledgedMs = Number.NaN;
  const publishedMs = nowMs();
  socket?.write(packet);
  for (;;) {
    const askedMs = nowMs();
    if ((await page()).includes(`"value":${value},`)) {
      return { value, publishedMs, acknowledgedMs, askedMs, seenMs: nowMs() };
    }
    if (askedMs - publishedMs > giveUpMs) throw new Error(`reading ${value} was not seen for ${giveUpMs} ms`);
    await sleep(Math.max(0, askedMs + askEveryMs - nowMs()));
  }
};

const page = (): Promise<string> =>
  new Promise((resolve, reject) => {
    get(pageUrl, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

serve({ open, run }, async () => {
  socket?.destroy();
  agent.destroy();
});
