/** One reading after another, each from the moment it is published until a query shows it. */
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { serve } from '../machine/serve.ts';
import { connectPacket, publishPacket } from './packets.ts';

export type Open = { readonly mqttPort: number; readonly apiUrl: string };
export type Seen = { readonly latenciesMs: readonly number[] };

const sensor = 'ceiling_node_999_temperature';
const giveUpMs = 10_000;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

let socket: Socket | undefined;
let pageUrl = '';
let number = 0;

const open = ({ mqttPort, apiUrl }: Open): Promise<void> =>
  new Promise((resolve, reject) => {
    pageUrl = `${apiUrl}/api/v1/readings/latest?sensor=${sensor}`;
    const connecting = connect({ port: mqttPort, host: '127.0.0.1', noDelay: true });
    socket = connecting;
    connecting.once('data', () => {
      connecting.resume(); // Acknowledgements are of no interest here.
      resolve();
    });
    connecting.on('error', reject);
    connecting.write(connectPacket('probe'));
  });

const run = async ({ seconds }: { readonly seconds: number }): Promise<Seen> => {
  const latenciesMs: number[] = [];
  const untilMs = performance.now() + seconds * 1000;
  while (performance.now() < untilMs) latenciesMs.push(await once());
  return { latenciesMs };
};

const once = async (): Promise<number> => {
  number += 1;
  const fields = {
    sensor_type: 'temperature',
    value: number,
    unit: '°C',
    timestamp: new Date().toISOString(),
    location: { x: 0, y: 0, z: 0 },
  };
  const packet = publishPacket(
    `ceiling/sensors/${sensor}/data`,
    (number % 65_535) + 1,
    Buffer.from(JSON.stringify(fields)),
  );
  const fromMs = performance.now();
  socket?.write(packet);
  while (!(await page()).includes(`"value":${number},`)) {
    if (performance.now() - fromMs > giveUpMs) throw new Error(`reading ${number} was not seen for ${giveUpMs} ms`);
  }
  return performance.now() - fromMs;
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
