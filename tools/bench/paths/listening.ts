/** Messages published at whatever listens, as fast as it acknowledges them: the sides of the benches of the listener. */
import type { IngestBalance } from '@plenum/runtime';
import type { Measured, RunSettings } from '../bench.ts';
import type { Count, Open } from '../load/mqtt-load.ts';
import { acknowledgedBy, mqttLoad, window } from '../load/open-load.ts';
import type { Level } from '../load/packets.ts';
import type { Member } from '../machine/member.ts';
import { type Watched, watchUsage } from '../machine/usage.ts';
import type { Start as StartAedes } from '../sides/aedes.ts';
import type { Start as StartBridge } from '../sides/bridge.ts';
import type { World } from '../world.ts';
import { placeOfFreshLog, recordsIn, watchedOfLog } from './log-places.ts';

/** So many are acknowledged before anything is measured: code is compiled by how often it ran, not by how long. */
const warmUpMessages = 100_000;

/** How devices connect: by MQTT 3.1.1 and without signing in unless said otherwise. */
type Connecting = { readonly level?: Level; readonly key?: string };

/** The bridge, on a log. */
export const bridgeRun = async (
  world: World,
  settings: RunSettings,
  { level = 4, key }: Connecting = {},
): Promise<Measured> => {
  const log = await placeOfFreshLog(world, settings.log);
  const before = await recordsIn(world, log);
  const bridge = await world.member({ name: 'bridge', program: 'sides/bridge.ts' });
  const port = await bridge.ask<number>('start', { log, key } satisfies StartBridge);
  const others = await watchedOfLog(world, settings.log, 'empty');
  const { acknowledged, ...measured } = await publish(world, { port, level, key, component: bridge, others, settings });
  const balance = await bridge.ask<IngestBalance>('finish');
  await bridge.stop();
  check({ acknowledged, appended: balance.appended, inLog: (await recordsIn(world, log)) - before });
  return measured;
};

/** Aedes, which acknowledges at once. */
export const aedesRun = async (world: World, settings: RunSettings, { decodes }: StartAedes): Promise<Measured> => {
  const aedes = await world.member({ name: 'aedes', program: 'sides/aedes.ts' });
  const port = await aedes.ask<number>('start', { decodes } satisfies StartAedes);
  const { acknowledged, ...measured } = await publish(world, { port, component: aedes, settings });
  const decoded = await aedes.ask<number>('decoded');
  await aedes.stop();
  if (decoded !== (decodes ? acknowledged : 0)) throw new Error(`${decoded} of ${acknowledged} messages were decoded`);
  return measured;
};

/** The listener by itself, which acknowledges at once. */
export const listenerRun = async (world: World, settings: RunSettings): Promise<Measured> => {
  const listener = await world.member({ name: 'listener', program: 'sides/listen-bare.ts' });
  const port = await listener.ask<number>('start');
  const { acknowledged, ...measured } = await publish(world, { port, component: listener, settings });
  const answered = await listener.ask<number>('answered');
  await listener.stop();
  if (answered !== acknowledged) throw new Error(`${answered} of ${acknowledged} messages were answered`);
  return measured;
};

type Publishing = {
  readonly port: number;
  readonly level?: Level;
  readonly key?: string | undefined;
  readonly component: Member;
  readonly others?: readonly Watched[];
  readonly settings: RunSettings;
};

const publish = async (
  world: World,
  { port, level = 4, key, component, others = [], settings }: Publishing,
): Promise<Measured & { readonly acknowledged: number }> => {
  const load = await mqttLoad(world);
  await load.ask('open', { port, level, key } satisfies Open);
  await load.ask('begin', { window });
  await acknowledgedBy(load, warmUpMessages);
  const usageSince = watchUsage([component, { name: 'load', pid: load.pid }, ...others]);
  const from = await load.ask<Count>('count');
  await sleep(settings.seconds * 1000);
  const to = await load.ask<Count>('count');
  const usage = usageSince();
  const acknowledged = await load.ask<number>('finish');
  await load.ask('close');
  const perSecond = ((to.acknowledged - from.acknowledged) / (to.atMs - from.atMs)) * 1000;
  return { perSecond, usage, saturation: usage.processes[0]?.busyShare ?? 0, acknowledged };
};

type Ran = { readonly acknowledged: number; readonly appended: number; readonly inLog: number };

/** A rate of messages that did not arrive would be no rate. */
const check = ({ acknowledged, appended, inLog }: Ran): void => {
  if (appended === acknowledged && inLog === acknowledged) return;
  throw new Error(`${acknowledged} messages were acknowledged, ${appended} appended, ${inLog} are in the log`);
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
