/** Devices that connect all at once, subscribe to one topic each in a session that is kept, and then say nothing. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { connectPacket, subscribePacket } from './packets.ts';

export type Storm = { readonly port: number; readonly devices: number };

/**
 * From the first of them that was begun to the last that is connected and has its subscription. `attempts` is how many connections
 * that took: one that is cut off before, because those of the storm before are not all gone, is tried again.
 */
export type Calm = { readonly seconds: number; readonly sessionsPresent: number; readonly attempts: number };

const againAfterMs = 100;
const attemptsMax = 100;

let sockets: Socket[] = [];
let attempts = 0;

const storm = async ({ port, devices }: Storm): Promise<Calm> => {
  const fromMs = nowMs();
  attempts = 0;
  const present = await Promise.all(Array.from({ length: devices }, (_, index) => comeIn(port, index)));
  return { seconds: (nowMs() - fromMs) / 1000, sessionsPresent: present.filter((one) => one).length, attempts };
};

/** As a device does that is told to connect: until it is in. @throws when it is refused, or never gets in. */
const comeIn = async (port: number, index: number): Promise<boolean> => {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    attempts += 1;
    const isPresent = await connectOne(port, index);
    if (isPresent !== undefined) return isPresent;
    await sleep(againAfterMs);
  }
  throw new Error(`device ${index} was cut off ${attemptsMax} times`);
};

/** CONNACK and SUBACK. */
const [connackBytes, answerBytes] = [4, 9] as const;

/** What has come of CONNACK and SUBACK says something else than that the device is in and has its subscription. */
const isRefused = (answered: Buffer): boolean =>
  answered[0] !== 0x20 ||
  answered[3] !== 0 ||
  (answered.length >= answerBytes && (answered[4] !== 0x90 || answered[8] !== 1));

/** Settles when the device has its subscription, with whether it had a session before; `undefined` when it was cut off. */
const connectOne = (port: number, index: number): Promise<boolean | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    sockets.push(socket);
    let answered = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      const before = answered.length;
      answered = Buffer.concat([answered, bytes]);
      if (answered.length < connackBytes) return;
      if (before < connackBytes) socket.write(subscribePacket(`ceiling/commands/idle-${index}`, 1));
      if (isRefused(answered)) reject(new Error(`device ${index} was refused: ${answered.toString('hex')}`));
      else if (answered.length >= answerBytes) resolve(answered[2] === 1);
    });
    socket.on('error', () => {}); // `close` follows.
    socket.on('close', () => resolve(undefined));
    socket.write(connectPacket(`idle-${index}`, { clean: false }));
  });

/** How many are connected still. */
const connected = (): number => sockets.filter((socket) => !socket.destroyed).length;

/** All at once, without a DISCONNECT, as when a network goes. Their ports are free again at once. */
const cut = (): void => {
  for (const socket of sockets) socket.resetAndDestroy();
  sockets = [];
};

serve({ storm, connected, cut }, async () => cut());
