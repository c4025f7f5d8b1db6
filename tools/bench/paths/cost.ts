/** What a message costs: CPU of every process of Plenum and of PostgreSQL, from its publication until queries can see it. */
import type { Limit, LimitBench } from '../bench.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { costOf, describeCost } from '../site/cost-of.ts';
import { postgresWork, sessionsOf, withoutOurs } from '../site/postgres-shares.ts';
import { openPublisher, type Pace, type Publisher } from '../site/publish.ts';
import { type Inlet, type Site, startSite } from '../site/start-site.ts';
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
          const rounds: Round[] = [];
          for (let round = 0; round < pairs; round += 1) rounds.push(await roundOf(site, publisher, pace(seconds)));
          await publisher.close();
          return [
            {
              values: rounds.map(({ per100k }) => per100k),
              usage: rounds.map(({ usage }) => usage),
              notes: rounds.flatMap(({ notes }) => notes),
              noResult: rounds.find(({ notReached }) => notReached !== undefined)?.notReached,
            },
          ];
        } finally {
          await site.stop();
        }
      },
    };
  };

type Round = {
  readonly per100k: number;
  readonly usage: Usage;
  readonly notes: readonly string[];
  readonly notReached: string | undefined;
};

/** From the first message until queries see the last: work that is left for later is part of what they cost. */
const roundOf = async (site: Site, publisher: Publisher, pace: Pace): Promise<Round> => {
  const counted = new Set(site.counted().map(({ name }) => name));
  const before = await postgresWork(site.arrivals);
  const usageSince = watchUsage([...site.counted(), ...site.besides(), { name: 'load', pid: publisher.load.pid }]);
  const { messages, perSecond, seenPerSecond, notReached } = await publisher.publish(pace);
  const usage = usageSince();
  const sessions = await sessionsOf(site.arrivals, usage);
  const cost = costOf({ processes: withoutOurs(usage.processes, sessions) }, counted, messages);
  const after = await postgresWork(site.arrivals);
  const ofPostgres = [
    ...sessions.map(({ name, cpuSeconds }) => `${name} ${((cpuSeconds * 100_000) / messages).toPrecision(3)}`),
    `${((after.transactions - before.transactions) / messages).toFixed(3)} transactions a message`,
    `${((after.walBytes - before.walBytes) / messages).toFixed(0)} bytes of WAL`,
  ];
  const rates = `${grouped(messages)} messages, ${grouped(perSecond)}/s, ${grouped(seenPerSecond)}/s seen`;
  const notes = [
    describeCost(cost, counted),
    `  of postgres: ${ofPostgres.join(', ')}`,
    `  ${rates}${notReached === undefined ? '' : `, NOT REACHED: ${notReached}`}; ${describeUsage(usage)}`,
  ];
  return { per100k: cost.per100k, usage, notes, notReached };
};

export const costs: readonly LimitBench[] = [...rates.map(costAt('listen')), ...rates.map(costAt('connect'))];
