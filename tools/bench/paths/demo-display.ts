/**
 * What the live metrics of a demo cost it. All of it but the database is one thread, so what of that thread's time goes into
 * the metrics is missing from its rate. The rates of whole runs with and without them were compared before: they differ by
 * a tenth and more from run to run, and no number of pairs distinguished a cost of two percent from that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitBench } from '../bench.ts';
import { profileOf, spentIn } from '../machine/profile.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { demoEnvironment, demoPorts, endProgram, firstPuback, startProgram } from '../sides/demo.ts';
import type { World } from '../world.ts';

export const demoDisplay: LimitBench = {
  kind: 'limit',
  name: 'demo-display',
  about: 'of the busy time of the demo at full rate, what its live metrics on a terminal take',
  unit: '%',
  logs: ['postgres'],
  limits: () => [{ name: 'demo-display', atMost: 2, aim: 1 }],
  measure: async (world, { seconds, pairs }) => {
    const runs: Displayed[] = [];
    for (let run = 0; run < pairs; run += 1) runs.push(await showOnce(world, seconds));
    return [
      {
        values: runs.map(({ percent }) => percent),
        usage: runs.map(({ usage }) => usage),
        notes: runs.map(({ note }) => note),
      },
    ];
  },
};

type Displayed = { readonly percent: number; readonly usage: Usage; readonly note: string };

const warmUpMs = 3_000;

const showOnce = async (world: World, seconds: number): Promise<Displayed> => {
  const ports = await demoPorts();
  const inspected = `"${process.execPath}" --inspect=127.0.0.1:${ports.inspector} apps/plenum/src/main.ts`;
  // `script` gives it a terminal, and throws away what is written there.
  const command = `stty cols 120 rows 40; ${inspected} demo --fresh --rate 0`;
  const demo = startProgram('script', ['-qfec', command, '/dev/null'], demoEnvironment(world, ports));
  try {
    await firstPuback(demo, ports.mqtt);
    await sleep(warmUpMs);
    const usageSince = watchUsage(demo.pid === undefined ? [] : [{ name: 'demo', pid: demo.pid, family: true }]);
    const profile = await profileOf(ports.inspector, () => sleep(seconds * 1000));
    const usage = usageSince();
    const { inUs, busyUs, allUs } = spentIn(profile, 'show', '/plenum/src/demo/interactive.ts');
    const percent = (100 * inUs) / busyUs;
    const busy = Math.round((100 * busyUs) / allUs);
    const note = `${percent.toFixed(2)} %: ${(inUs / 1000).toFixed(1)} ms of ${Math.round(allUs / 1000)}, in which the thread was ${busy} % busy`;
    return { percent, usage, note };
  } finally {
    await endProgram(demo);
  }
};
