/** The demo as somebody meets it: how soon it takes a message, and what its live figures cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import type { LimitBench, Measured, RatioBench } from '../bench.ts';
import { connectPacket, publishPacket } from '../load/packets.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import type { World } from '../world.ts';
import { sleep } from './stack.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const startMsMax = 60_000;

export const demoStart: LimitBench = {
  kind: 'limit',
  name: 'demo-start',
  about: 'npm run demo, installed and run before, to the first acknowledged message',
  atMost: 3,
  aim: 2,
  unit: 's',
  logs: ['postgres'],
  measure: async (world, { pairs }) => {
    const values: number[] = [];
    // The first one makes the database and compiles the code; nobody counts it.
    await startOnce(world);
    const usage: Usage[] = [];
    for (let run = 0; run < pairs; run += 1) {
      const usageSince = watchUsage([]);
      values.push(await startOnce(world));
      usage.push(usageSince());
    }
    return { values, usage, notes: values.map((seconds) => `${seconds.toFixed(2)} s`) };
  },
};

/** Starts it, waits for the first PUBACK that a client of ours gets, and stops it. Answers seconds. */
const startOnce = async (world: World): Promise<number> => {
  const ports = await demoPorts();
  const fromMs = performance.now();
  const demo = start('npm', ['run', 'demo'], demoEnvironment(world, ports));
  try {
    await firstPuback(demo, ports.mqtt);
    return (performance.now() - fromMs) / 1000;
  } finally {
    await end(demo);
  }
};

const firstPuback = async (demo: ChildProcess, port: number): Promise<void> => {
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

export const demoDisplay: RatioBench = {
  kind: 'ratio',
  name: 'demo-display',
  about: 'the demo at full rate with its live figures on a terminal',
  against: 'the demo at full rate without a terminal, where it prints a line every five seconds',
  atLeast: 0.98,
  aim: 1,
  unit: 'messages/s',
  logs: ['postgres'],
  subject: (world, { seconds }) => demoRate(world, { seconds, shown: 'on a terminal' }),
  bare: (world, { seconds }) => demoRate(world, { seconds, shown: 'nowhere' }),
};

type Shown = { readonly seconds: number; readonly shown: 'on a terminal' | 'nowhere' };

const warmUpMs = 3_000;

const demoRate = async (world: World, { seconds, shown }: Shown): Promise<Measured> => {
  const ports = await demoPorts();
  const command = `"${process.execPath}" apps/plenum/src/main.ts demo --fresh --rate 0`;
  const [program, parameters] =
    // `script` gives it a terminal, and throws away what is written there.
    shown === 'nowhere'
      ? (['sh', ['-c', `exec ${command}`]] as const)
      : (['script', ['-qfec', command, '/dev/null']] as const);
  const demo = start(program, parameters, demoEnvironment(world, ports));
  try {
    await firstPuback(demo, ports.mqtt);
    await sleep(warmUpMs);
    const from = await appended(ports.api);
    const usageSince = watchUsage(demo.pid === undefined ? [] : [{ name: 'demo', pid: demo.pid, family: true }]);
    await sleep(seconds * 1000);
    const to = await appended(ports.api);
    const usage = usageSince();
    const perSecond = ((to.count - from.count) / (to.atMs - from.atMs)) * 1000;
    // Everything is in one process and its database: together they are to have all cores busy.
    return { perSecond, usage, saturation: usage.machineBusyShare };
  } finally {
    await end(demo);
  }
};

/** What the bridge says that it has appended. */
const appended = async (port: number): Promise<{ readonly count: number; readonly atMs: number }> => {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const atMs = performance.now();
  const counted = /^plenum_bridge_messages_total\{[^}]*"appended"[^}]*\} (\d+)/m.exec(metrics)?.[1];
  if (counted === undefined) throw new Error('the demo does not say how many messages it has appended');
  return { count: Number(counted), atMs };
};

type DemoPorts = { readonly mqtt: number; readonly webSocket: number; readonly api: number };

const demoEnvironment = (world: World, { mqtt, webSocket, api }: DemoPorts): NodeJS.ProcessEnv => ({
  ...process.env,
  PLENUM_DATA_DIR: path.join(world.cacheDirectory, 'demo'),
  MQTT_PORT: String(mqtt),
  MQTT_WS_PORT: String(webSocket),
  PORT: String(api),
});

/** In a group of its own, which is what a terminal's Ctrl-C reaches. */
const start = (program: string, parameters: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(program, parameters, { cwd: root, env, stdio: 'ignore', detached: true });

const end = async (demo: ChildProcess): Promise<void> => {
  if (demo.exitCode !== null || demo.pid === undefined) return;
  const exited = once(demo, 'exit');
  process.kill(-demo.pid, 'SIGINT');
  await exited;
};

const demoPorts = async (): Promise<DemoPorts> => {
  const servers = [0, 1, 2].map(() => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      server.close();
      await once(server, 'close');
      return address !== null && typeof address === 'object' ? address.port : 0;
    }),
  );
  const [mqtt = 0, webSocket = 0, api = 0] = ports;
  return { mqtt, webSocket, api };
};
