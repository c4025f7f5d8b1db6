/** What a message costs: CPU of every process of Plenum and of PostgreSQL, from its publication until queries can see it. */
import type { Limit, LimitBench } from '../bench.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { costOf, describeCost } from '../site/cost-of.ts';
import { openPublisher, type Pace } from '../site/publish.ts';
import { type Inlet, startSite } from '../site/start-site.ts';
import { describeUsage, grouped } from '../tell.ts';
import { thirdMore } from './third-more.ts';

/** `seconds` is how long a round of the others takes. */
type Rate = { readonly name: string; readonly limit: Omit<Limit, 'name'>; readonly pace: (seconds: number) => Pace };

const rates: readonly Rate[] = [
  // Few messages need more time until their number says something.
  { name: '200', limit: { atMost: 60, aim: 35 }, pace: (seconds) => ({ perSecond: 200, seconds: seconds * 3 }) },
  { name: '5000', limit: { atMost: 9, aim: 6 }, pace: (seconds) => ({ perSecond: 5_000, seconds: seconds * 2 }) },
  { name: '12500', limit: { atMost: 7, aim: 5 }, pace: (seconds) => ({ perSecond: 12_500, seconds: seconds * 2 }) },
  { name: 'flood', limit: { atMost: 6.5, aim: 4.5 }, pace: (seconds) => ({ messages: seconds * 25_000 }) },
];

const costAt =
  (inlet: Inlet) =>
  ({ name: rate, limit, pace }: Rate): LimitBench => {
    const name = inlet === 'listen' ? `cost-${rate}` : `cost-connect-${rate}`;
    const own = { name, ...limit };
    const way = inlet === 'listen' ? 'at the listener' : 'by way of Mosquitto';
    const pacing = rate === 'flood' ? 'as many as it takes' : `${rate} messages/s`;
    return {
      ...{ kind: 'limit', name, about: `CPU of Plenum and PostgreSQL, ${pacing} ${way}`, unit: 's per 100,000' },
      logs: ['postgres', 'kafka'],
      onRequest: true,
      limits: (log) => [inlet === 'connect' || log === 'kafka' ? thirdMore(own) : own],
      measure: async (world, { log, seconds, pairs }) => {
        const site = await startSite(world, log, inlet);
        try {
          const publisher = await openPublisher(world, site);
          const counted = new Set(site.counted().map((one) => one.name));
          const watched = [...site.counted(), ...site.besides(), { name: 'load', pid: publisher.load.pid }];
          const [values, usage, notes]: [number[], Usage[], string[]] = [[], [], []];
          let noResult: string | undefined;
          for (let round = 0; round < pairs; round += 1) {
            const usageSince = watchUsage(watched);
            const { messages, perSecond, notReached, ...seen } = await publisher.publish(pace(seconds));
            const used = usageSince();
            const cost = costOf(used, counted, messages);
            noResult ??= notReached;
            values.push(cost.per100k);
            usage.push(used);
            const arrived = `${grouped(messages)} messages, ${grouped(perSecond)}/s, ${grouped(seen.seenPerSecond)}/s seen`;
            notes.push(describeCost(cost, counted), `  ${arrived}; ${describeUsage(used)}`);
            if (notReached !== undefined) notes.push(`  not reached: ${notReached}`);
          }
          await publisher.close();
          return [{ values, usage, notes, noResult }];
        } finally {
          await site.stop();
        }
      },
    };
  };

export const costs: readonly LimitBench[] = [...rates.map(costAt('listen')), ...rates.map(costAt('connect'))];
