/** The demo as somebody starts it, on ports of its own, and the first message that it acknowledges. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectPacket, publishPacket } from '../load/packets.ts';
import type { World } from '../world.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const startMsMax = 60_000;

/** Settles when it has acknowledged a message of ours. */
export const firstPuback = async (demo: ChildProcess, port: number): Promise<void> => {
  const giveUpMs = performance.now() + startMsMax;
  while (!(await publishOnce(port))) {
    if (demo.exitCode !== null || performance.now() > giveUpMs) throw new Error('the demo took no message');
    await sleep(5);
  }
};

/** Whether somebody at the port acknowledged a message. */
const publishOnce = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const ended = (acknowledged: boolean): void => {
      socket.destroy();
      resolve(acknowledged);
    };
    socket.on('error', () => ended(false));
    socket.on('close', () => ended(false));
    socket.on('data', (bytes) => {
      if (bytes[0] === 0x40) ended(true);
      else if (bytes[3] !== 0) ended(false);
      else socket.write(publishPacket('ceiling/nodes/bench_node/status', 1, Buffer.from('{"status":"online"}')));
    });
    socket.write(connectPacket('bench-start'));
  });

export type DemoPorts = {
  readonly mqtt: number;
  readonly webSocket: number;
  readonly api: number;
  readonly inspector: number;
};

export const demoEnvironment = (world: World, { mqtt, webSocket, api }: DemoPorts): NodeJS.ProcessEnv => ({
  ...process.env,
  PLENUM_DATA_DIR: path.join(world.cacheDirectory, 'demo'),
  MQTT_PORT: String(mqtt),
  MQTT_WS_PORT: String(webSocket),
  PORT: String(api),
});

/** In a group of its own, which is what a terminal's Ctrl-C reaches. */
export const startProgram = (program: string, parameters: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(program, parameters, { cwd: root, env, stdio: 'ignore', detached: true });

export const endProgram = async (demo: ChildProcess): Promise<void> => {
  if (demo.exitCode !== null || demo.pid === undefined) return;
  const exited = once(demo, 'exit');
  process.kill(-demo.pid, 'SIGINT');
  await exited;
};

export const demoPorts = async (): Promise<DemoPorts> => {
  const servers = [0, 1, 2, 3].map(() => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      server.close();
      await once(server, 'close');
      return address !== null && typeof address === 'object' ? address.port : 0;
    }),
  );
  const [mqtt = 0, webSocket = 0, api = 0, inspector = 0] = ports;
  return { mqtt, webSocket, api, inspector };
};
