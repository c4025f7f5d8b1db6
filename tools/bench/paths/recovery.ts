/**
 * How soon there is something new after `kill -9` of the bridge or the projector: from its next start until queries see the
 * first reading that was published after that. Devices publish all the time and connect again at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit, LimitBench } from '../bench.ts';
import type { Acknowledged, Open } from '../load/devices.ts';
import type { Member } from '../machine/member.ts';
import type { Program } from '../machine/program.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import type { Arrivals } from '../site/arrivals.ts';
import { startSite } from '../site/start-site.ts';
import { thirdMore } from './third-more.ts';

const own: readonly Limit[] = [
  { name: 'recovery-bridge', atMost: 1.5, aim: 0.5 },
  { name: 'recovery-projector', atMost: 1.5, aim: 0.5 },
];
const traffic = { devices: 40, perSecond: 1_000 };
/** From the kill to the next start. */
const restMs = 1_000;
/** Before a kill: what was away is at work again, and code has run often. */
const steadyMs = 4_000;
const lookEveryMs = 5;
const giveUpMs = 60_000;

export const recovery: LimitBench = {
  kind: 'limit',
  name: 'recovery',
  about: 'from the start of a bridge or projector that was killed to the first new row, 1,000 messages/s all the time',
  unit: 's',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: (log) => (log === 'kafka' ? own.map(thirdMore) : own),
  measure: async (world, { log, pairs }) => {
    const site = await startSite(world, log);
    const devices = await world.tool({ name: 'devices', program: 'load/devices.ts' });
    try {
      await devices.ask('open', { port: site.mqttPort, ...traffic } satisfies Open);
      const killed = [site.bridge, site.projector].map((program) => ({
        ...{ program, values: [] as number[], usage: [] as Usage[] },
      }));
      for (let round = 0; round < pairs; round += 1) {
        for (const { program, values, usage } of killed) {
          await sleep(steadyMs);
          const usageSince = watchUsage([]);
          values.push(await recoverOnce(program, site.arrivals));
          usage.push(usageSince());
        }
      }
      const kept = await checkKept(devices, site.arrivals);
      return killed.map(({ program, values, usage }) => {
        const seconds = values.map((value) => value.toFixed(2)).join(', ');
        return { values, usage, notes: [`${program.name}: ${seconds} s; all ${kept} acknowledged are in the tables`] };
      });
    } finally {
      await devices.stop();
      await site.stop();
    }
  },
};

/** Seconds. */
const recoverOnce = async (program: Program, { ask }: Arrivals): Promise<number> => {
  await program.kill();
  await sleep(restMs);
  const startedMs = Date.now();
  program.start();
  // As the devices write it, which is to the millisecond.
  const started = new Date(startedMs + 1).toISOString();
  for (;;) {
    const rows = await ask('select from public.sensor_latest where "timestamp" >= $1 limit 1', [started]);
    const tookMs = Date.now() - startedMs;
    if (rows.length > 0) return tookMs / 1000;
    if (tookMs > giveUpMs)
      throw new Error(`nothing new was seen ${giveUpMs} ms after ${program.name} was started again`);
    await sleep(lookEveryMs);
  }
};

/** How many were acknowledged. @throws when queries do not see each of them, once. */
const checkKept = async (devices: Member, { settled, inLog, ask }: Arrivals): Promise<number> => {
  const acknowledged = await devices.ask<readonly Acknowledged[]>('finish');
  await settled(await inLog());
  let kept = 0;
  for (const { sensor, values } of acknowledged) {
    const rows = await ask<{ value: number }>('select value from public.sensor_data where sensor_id = $1', [sensor]);
    const seen = new Set(rows.map(({ value }) => value));
    const lost = values.filter((value) => !seen.has(value));
    if (lost.length > 0)
      throw new Error(`${lost.length} acknowledged readings of ${sensor} are lost, such as ${lost[0]}`);
    if (seen.size < rows.length) throw new Error(`${rows.length - seen.size} readings of ${sensor} are there twice`);
    kept += values.length;
  }
  return kept;
};
