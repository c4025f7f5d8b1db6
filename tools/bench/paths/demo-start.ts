/** How soon somebody who starts the demo can send it a message. */
import type { LimitBench } from '../bench.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { demoEnvironment, demoPorts, endProgram, firstPuback, startProgram } from '../sides/demo.ts';
import type { World } from '../world.ts';

export const demoStart: LimitBench = {
  kind: 'limit',
  name: 'demo-start',
  about: 'npm run demo, installed and run before, to the first acknowledged message',
  unit: 's',
  logs: ['postgres'],
  limits: () => [{ name: 'demo-start', atMost: 3, aim: 2 }],
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
    return [{ values, usage, notes: values.map((seconds) => `${seconds.toFixed(2)} s`) }];
  },
};

/** Starts it, waits for the first PUBACK that a client of ours gets, and stops it. Answers seconds. */
const startOnce = async (world: World): Promise<number> => {
  const ports = await demoPorts();
  const fromMs = performance.now();
  const demo = startProgram('npm', ['run', 'demo'], demoEnvironment(world, ports));
  try {
    await firstPuback(demo, ports.mqtt);
    return (performance.now() - fromMs) / 1000;
  } finally {
    await endProgram(demo);
  }
};
