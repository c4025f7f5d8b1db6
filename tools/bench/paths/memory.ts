/** The most that the bridge and the projector ever hold in memory while 5,000 messages a second pass through. */
import type { Limit, LimitBench } from '../bench.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { openPublisher } from '../site/publish.ts';
import { startSite } from '../site/start-site.ts';
import { describeUsage, grouped, megabytes } from '../tell.ts';
import type { World } from '../world.ts';
import { thirdMore } from './third-more.ts';

const own: readonly Limit[] = [
  { name: 'memory-bridge', atMost: 250, aim: 150 },
  { name: 'memory-projector', atMost: 250, aim: 150 },
];
const perSecond = 5_000;
/** This many times as long as a side of a pair: a heap takes its time to become as large as it gets. */
const longer = 5;
const megabyte = 1_000_000;

export const memory: LimitBench = {
  kind: 'limit',
  name: 'memory',
  about: 'the most that bridge and projector hold while 5,000 messages/s pass through',
  unit: 'MB',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: (log) => (log === 'kafka' ? own.map(thirdMore) : own),
  measure: async (world, { log, seconds, pairs }) => {
    const runs: Run[] = [];
    // Processes of their own each time: what one has held is never seen again.
    for (let run = 0; run < pairs; run += 1) runs.push(await runOnce(world, log, seconds * longer));
    const usage = runs.map(({ usage: one }) => one);
    const notes = runs.map(({ note }) => note);
    const noResult = runs.find((one) => one.noResult !== undefined)?.noResult;
    return ['bridge', 'projector'].map((name, index) => ({
      values: usage.map((one) => peakOf(one, name) / megabyte),
      ...{ usage, noResult, notes: index === 0 ? notes : [] },
    }));
  },
};

type Run = { readonly usage: Usage; readonly note: string; readonly noResult: string | undefined };

const runOnce = async (world: World, log: 'postgres' | 'kafka', seconds: number): Promise<Run> => {
  const site = await startSite(world, log);
  try {
    const publisher = await openPublisher(world, site, { warm: false });
    const usageSince = watchUsage(site.counted());
    const { messages, notReached } = await publisher.publish({ perSecond, seconds });
    const usage = usageSince();
    await publisher.close();
    const peaks = usage.processes.map(({ name, peakRssBytes }) => `${name} ${megabytes(peakRssBytes)}`);
    const note = `${grouped(messages)} messages: ${peaks.join(', ')}; ${describeUsage(usage)}`;
    return { usage, note, noResult: notReached };
  } finally {
    await site.stop();
  }
};

const peakOf = ({ processes }: Usage, name: string): number =>
  processes.find((one) => one.name === name)?.peakRssBytes ?? Number.NaN;
