/**
 * Ten thousand devices that are connected and say nothing: what the bridge holds for them, and how long it takes until all of
 * them are in when they come at once. The bridge is the program itself, with the settings it has by default.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '@plenum/runtime';
import type { LimitBench } from '../bench.ts';
import type { Calm, Storm } from '../load/idle-load.ts';
import { openFilesMax, peakRssBytes, rssBytes, type Usage, watchUsage } from '../machine/usage.ts';
import { Missing } from '../missing.ts';
import { describeUsage, grouped, megabytes } from '../tell.ts';
import type { World } from '../world.ts';

const devices = 10_000;
/** Beside the sockets of devices. */
const otherFiles = 500;
/**
 * Until presence is in the log and the garbage of the storm is collected: the engine does that when it has had nothing to do for
 * about a hundred seconds.
 */
const settleMs = 120_000;
const megabyte = 1_000_000;

export const idleDevices: LimitBench = {
  kind: 'limit',
  name: 'idle-devices',
  about: `what the bridge holds for ${grouped(devices)} connected devices, and how long they take to connect at once`,
  unit: 'MB',
  logs: ['postgres'],
  onRequest: true,
  limits: () => [
    { name: 'idle-devices', atMost: 250, aim: 150 },
    { name: 'idle-devices-storm', atMost: 10, aim: 5, unit: 's' },
    { name: 'idle-devices-storm-again', atMost: 10, aim: 5, unit: 's' },
  ],
  measure: async (world, { pairs }) => {
    if (openFilesMax() < devices + otherFiles) throw new Missing(`${devices + otherFiles} open files (ulimit -n)`);
    const runs: Run[] = [];
    for (let run = 0; run < pairs; run += 1) runs.push(await runOnce(world));
    const usage = runs.map((one) => one.usage);
    const values = (of: (run: Run) => number) => ({ values: runs.map(of), usage, notes: [] });
    return [
      { ...values(({ heldBytes }) => heldBytes / megabyte), notes: runs.map(({ note }) => note) },
      values(({ first }) => first.seconds),
      values(({ again }) => again.seconds),
    ];
  },
};

type Run = {
  readonly heldBytes: number;
  readonly first: Calm;
  readonly again: Calm;
  readonly usage: Usage;
  readonly note: string;
};

const runOnce = async (world: World): Promise<Run> => {
  const server = await world.postgres();
  const databaseUrl = await server.emptyDatabase('bench_idle_devices');
  const [port = 0, webSocket = 0, probes = 0] = await freePorts(3);
  const bridge = world.program({
    ...{ name: 'bridge', app: 'mqtt-bridge', readyUrl: `http://127.0.0.1:${probes}/health/ready` },
    environment: {
      ...{ DATABASE_URL: databaseUrl, BRIDGE_PROBES_PORT: String(probes) },
      ...{ MQTT_PORT: String(port), MQTT_WS_PORT: String(webSocket) },
    },
  });
  const load = await world.tool({ name: 'load', program: 'load/idle-load.ts' });
  try {
    await bridge.ready();
    const { pid } = bridge.watched();
    const emptyBytes = rssBytes(pid);
    const usageSince = watchUsage([bridge.watched(), { name: 'load', pid: load.pid }, server.watched()]);
    const storm = (): Promise<Calm> => load.ask<Calm>('storm', { port, devices } satisfies Storm);
    const first = await storm();
    await load.ask('cut');
    const again = await storm();
    const usage = usageSince();
    await sleep(settleMs);
    const heldBytes = rssBytes(pid);
    const connected = await load.ask<number>('connected');
    if (connected !== devices) throw new Error(`${connected} of ${devices} devices are connected in the end`);
    if (again.sessionsPresent !== devices) throw new Error(`${again.sessionsPresent} of ${devices} sessions were kept`);
    const memory = `${megabytes(heldBytes)} held, ${megabytes(emptyBytes)} before any, ${megabytes(peakRssBytes(pid))} the most`;
    const storms = [first, again].map(
      ({ seconds, attempts }) => `${grouped(attempts)} attempts in ${seconds.toFixed(1)} s`,
    );
    const note = `${memory}; ${storms.join(' and ')} to connect; ${describeUsage(usage)}`;
    return { heldBytes, first, again, usage, note };
  } finally {
    await load.stop();
    await bridge.stop();
  }
};
