/** Devices that connect all at once, subscribe to one topic each in a session that is kept, and then say nothing. */
import { connect, type Socket } from 'node:net';
import { nowMs } from '../machine/now.ts';
import { serve } from '../machine/serve.ts';
import { connectPacket, subscribePacket } from './packets.ts';

export type Storm = { readonly port: number; readonly devices: number };

/** From the first of them that was begun to the last that is connected and has its subscription. */
export type Calm = { readonly seconds: number; readonly sessionsPresent: number };

let sockets: Socket[] = [];

const storm = async ({ port, devices }: Storm): Promise<Calm> => {
  const fromMs = nowMs();
  const present = await Promise.all(Array.from({ length: devices }, (_, index) => connectOne(port, index)));
  return { seconds: (nowMs() - fromMs) / 1000, sessionsPresent: present.filter((one) => one).length };
};

/** CONNACK and SUBACK. */
const [connackBytes, answerBytes] = [4, 9] as const;

/** What has come of CONNACK and SUBACK says something else than that the device is in and has its subscription. */
const isRefused = (answered: Buffer): boolean =>
  answered[0] !== 0x20 ||
  answered[3] !== 0 ||
  (answered.length >= answerBytes && (answered[4] !== 0x90 || answered[8] !== 1));

/** Settles when the device has its subscription, with whether it had a session before. */
const connectOne = (port: number, index: number): Promise<boolean> =>
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
    const lost = (why: string) => (): void => reject(new Error(`the connection of device ${index} ${why}`));
    socket.on('error', (error) => lost(`failed: ${error.message}`)());
    socket.on('close', lost('was closed'));
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
