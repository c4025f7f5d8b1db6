/** Devices that publish all the time, connect again at once when they are cut off, and remember what was acknowledged. */
import { connect, type Socket } from 'node:net';
import { serve } from '../machine/serve.ts';
import { connectPacket, pubackReader, publishPacket } from './packets.ts';

export type Open = {
  readonly port: number;
  readonly devices: number;
  /** Over all of them. */
  readonly perSecond: number;
};

/** Of one device: the values that it got an acknowledgement for. No value is sent twice. */
export type Acknowledged = { readonly sensor: string; readonly values: readonly number[] };

type Device = {
  readonly sensor: string;
  socket: Socket | undefined;
  /** As the broker said to its CONNECT. */
  isConnected: boolean;
  published: number;
  /** Published on this connection and not acknowledged yet, the oldest first. */
  readonly waiting: number[];
  readonly acknowledged: number[];
};

const againAfterMs = 20;
const tickMs = 5;

let devices: readonly Device[] = [];
let port = 0;
let isClosed = false;
let ticking: NodeJS.Timeout | undefined;

/** Begins to connect and to publish. */
const open = (asked: Open): void => {
  port = asked.port;
  devices = Array.from({ length: asked.devices }, (_, index) => ({
    sensor: `ceiling_node_${900 + index}_temperature`,
    socket: undefined,
    ...{ isConnected: false, published: 0, waiting: [], acknowledged: [] },
  }));
  for (const device of devices) connectOne(device);
  ticking = setInterval(tickOf(asked.perSecond), tickMs);
};

const connectOne = (device: Device): void => {
  const reader = pubackReader(() => packetIdOf(device.waiting[0]));
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  device.socket = socket;
  socket.on('data', (bytes: Buffer) => {
    if (!device.isConnected) {
      device.isConnected = true; // Nothing is sent before, so this is the answer to CONNECT.
      return;
    }
    // One after another: the next that is due is known when the one before is taken.
    for (let at = 0; at < bytes.length; at += 1) {
      if (reader.read(bytes.subarray(at, at + 1), 1) === 0) continue;
      const value = device.waiting.shift();
      if (value !== undefined) device.acknowledged.push(value);
    }
  });
  socket.on('error', () => {}); // `close` follows.
  socket.on('close', () => {
    device.isConnected = false;
    device.waiting.length = 0;
    if (!isClosed) setTimeout(() => connectOne(device), againAfterMs);
  });
  socket.write(connectPacket(device.sensor));
};

const packetIdOf = (value = 0): number => (value % 65_535) + 1;

/** What became due since the last tick, in turns by all that are connected; nothing is made up for while none is. */
const tickOf = (perSecond: number): (() => void) => {
  let lastMs = performance.now();
  let allowed = 0;
  let turn = 0;
  return () => {
    const tickedMs = performance.now();
    allowed += ((tickedMs - lastMs) * perSecond) / 1000;
    lastMs = tickedMs;
    for (; allowed >= 1; allowed -= 1) {
      turn += 1;
      const device = devices[turn % devices.length];
      if (device?.isConnected === true) publish(device);
    }
  };
};

const publish = (device: Device): void => {
  device.published += 1;
  const value = device.published;
  const fields = { sensor_type: 'temperature', value, unit: '°C', location: { x: 0, y: 0, z: 0 } };
  const payload = Buffer.from(JSON.stringify({ ...fields, timestamp: new Date().toISOString() }));
  device.waiting.push(value);
  device.socket?.write(publishPacket(`ceiling/sensors/${device.sensor}/data`, packetIdOf(value), payload));
};

/** Since the beginning, of every device. */
const acknowledged = (): readonly Acknowledged[] =>
  devices.map(({ sensor, acknowledged: values }) => ({ sensor, values }));

/** Publishes nothing more, and settles when everything that was published is acknowledged. */
const finish = async (): Promise<readonly Acknowledged[]> => {
  clearInterval(ticking);
  while (devices.some(({ waiting }) => waiting.length > 0)) await new Promise((resolve) => setTimeout(resolve, tickMs));
  return acknowledged();
};

serve({ open, acknowledged, finish }, async () => {
  isClosed = true;
  clearInterval(ticking);
  for (const { socket } of devices) socket?.destroy();
});
