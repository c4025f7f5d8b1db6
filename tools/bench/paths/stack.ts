/** Bridge, projector and API, a process each, on one log and one database, under a paced load. */
import type { RunSettings } from '../bench.ts';
import type { Begin, Count } from '../load/mqtt-load.ts';
import type { Member } from '../machine/member.ts';
import type { Watched } from '../machine/usage.ts';
import type { Started } from '../sides/started.ts';
import { grouped } from '../tell.ts';
import type { World } from '../world.ts';
import { acknowledgedBy, mqttLoad } from './ingest-listen.ts';
import { placeOfFreshLog, recordsIn, watchedOfLog } from './log-places.ts';

export type LoadedStack = {
  readonly members: readonly Member[];
  readonly projector: Member;
  readonly watched: readonly Watched[];
  readonly mqttPort: number;
  readonly apiUrl: string;
  /** Messages a second that are sent: half of what the same processes acknowledged when as many were sent as they took. */
  readonly perSecond: number;
  stop(): Promise<void>;
};

const warmUpMessages = 30_000;
const floodMs = 3_000;
const window = 100;

export const startLoadedStack = async (world: World, { log: kind }: RunSettings): Promise<LoadedStack> => {
  const log = await placeOfFreshLog(world, kind);
  const url = await (await world.postgres()).emptyDatabase('bench_stack');
  const before = await recordsIn(world, log);
  const projector = await world.member({ name: 'projector', program: 'sides/projector.ts' });
  await projector.ask('start', { log, url, nowMs: Date.now(), shape: 'real' });
  const bridge = await world.member({ name: 'bridge', program: 'sides/bridge.ts' });
  const mqttPort = await bridge.ask<number>('start', { log });
  const api = await world.member({ name: 'query-api', program: 'sides/query-api.ts' });
  const { url: apiUrl } = await api.ask<Started>('start', { log, url });

  const load = await mqttLoad(world);
  await load.ask('open', { port: mqttPort });
  await load.ask('begin', { window } satisfies Begin);
  await acknowledgedBy(load, warmUpMessages);
  const from = await load.ask<Count>('count');
  await sleep(floodMs);
  const to = await load.ask<Count>('count');
  const flooded = await load.ask<number>('finish');
  const perSecond = Math.round(((to.acknowledged - from.acknowledged) / (to.atMs - from.atMs)) * 500);
  world.tell(
    `  ${grouped(flooded)} messages of a flood, ${grouped(perSecond * 2)} a second; waiting until they are in the tables`,
  );
  await projector.ask('reached', { count: before + flooded });
  await load.ask('begin', { window, perSecond } satisfies Begin);

  const members = [bridge, projector, api];
  const postgres = (await world.postgres()).watched();
  const others = kind === 'kafka' ? [postgres, ...(await watchedOfLog(world, kind, 'empty'))] : [postgres];
  return {
    members,
    projector,
    watched: [...members, { name: 'load', pid: load.pid }, ...others],
    mqttPort,
    apiUrl,
    perSecond,
    stop: async () => {
      await load.ask('finish');
      await load.ask('close');
      for (const member of [api, bridge, projector]) await member.stop();
    },
  };
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
