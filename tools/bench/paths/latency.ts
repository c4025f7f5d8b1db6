/** From publishing a reading to the API that shows it, at three rates. */
import type { Limit, LimitBench, Limited } from '../bench.ts';
import type { Open, Seen, SeenReading } from '../load/probe.ts';
import type { Member } from '../machine/member.ts';
import { type Usage, type Watched, watchUsage } from '../machine/usage.ts';
import { openPublisher, type Publisher } from '../site/publish.ts';
import { startSite } from '../site/start-site.ts';
import { quantile } from '../statistics.ts';
import { describeUsage, grouped } from '../tell.ts';
import { thirdMore } from './third-more.ts';

const own: readonly Limit[] = [
  { name: 'latency-200', atMost: 100, aim: 50 },
  { name: 'latency-5000', atMost: 100, aim: 50 },
  { name: 'latency-half', atMost: 200, aim: 100 },
];

/** Of a flood, after one that warms up: what it comes to is the highest rate. */
const floodMessages = 150_000;
const settleSeconds = 2;
/** This many times as long as a side of a pair: 99 of 100 needs some hundreds. */
const longer = 2;
/** A node that no load speaks for. */
const sensor = 'ceiling_node_999_temperature';

export const latency: LimitBench = {
  kind: 'limit',
  name: 'latency',
  about: 'published to shown by the API, 99 of 100, at 200/s, 5,000/s and half of the highest rate',
  unit: 'ms',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: (log) => (log === 'kafka' ? own.map(thirdMore) : own),
  measure: async (world, { log, seconds, pairs }) => {
    const site = await startSite(world, log);
    const probe = await world.tool({ name: 'probe', program: 'load/probe.ts' });
    try {
      const publisher = await openPublisher(world, site);
      const { seenPerSecond } = await publisher.publish({ messages: floodMessages });
      const { mqttPort, apiUrl, apiHeaders, databaseUrl } = site;
      await probe.ask('open', { mqttPort, apiUrl, apiHeaders, databaseUrl, sensor } satisfies Open);
      const besides = [
        { name: 'load', pid: publisher.load.pid },
        { name: 'probe', pid: probe.pid },
      ];
      const watched = [...site.counted(), ...site.besides(), ...besides];
      const limited: Limited[] = [];
      for (const perSecond of [200, 5_000, Math.round(seenPerSecond / 2)]) {
        limited.push(await probeAt({ probe, publisher, watched, perSecond, seconds: seconds * longer, rounds: pairs }));
      }
      await publisher.close();
      return limited;
    } finally {
      await probe.stop();
      await site.stop();
    }
  },
};

type Probing = {
  readonly probe: Member;
  readonly publisher: Publisher;
  readonly watched: readonly Watched[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly rounds: number;
};

const probeAt = async ({ probe, publisher, watched, perSecond, seconds, rounds }: Probing): Promise<Limited> => {
  const before = await probe.ask<number>('count');
  await publisher.begin(perSecond);
  await probe.ask('run', { seconds: settleSeconds });
  const [values, usage, notes]: [number[], Usage[], string[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const usageSince = watchUsage(watched);
    const { readings } = await probe.ask<Seen>('run', { seconds });
    const used = usageSince();
    values.push(quantileOf(readings.map(wholeMs), 0.99));
    usage.push(used);
    notes.push(...describeParts(readings), describeUsage(used));
  }
  publisher.besides((await probe.ask<number>('count')) - before);
  const { notReached } = await publisher.finish();
  return {
    values,
    usage,
    notes: [`${grouped(perSecond)} messages/s are sent meanwhile`, ...notes],
    noResult: notReached,
  };
};

const wholeMs = ({ publishedMs, seenMs }: SeenReading): number => seenMs - publishedMs;

/** Where the time went: each part from the end of the one before, so that the medians can be compared. */
const describeParts = (readings: readonly SeenReading[]): readonly string[] => {
  const parts = {
    'published to seen': readings.map(wholeMs),
    'published to acknowledged': readings.map(({ publishedMs, acknowledgedMs }) => acknowledgedMs - publishedMs),
    'acknowledged to in the table': readings.map(({ acknowledgedMs, rowMs }) => rowMs - acknowledgedMs),
    'of that since the look before': readings.map(({ missedMs, rowMs }) => rowMs - missedMs),
    'in the table to shown by the API': readings.map(({ rowMs, seenMs }) => seenMs - rowMs),
  };
  return Object.entries(parts).map(([part, all]) => {
    const values = all.filter((value) => !Number.isNaN(value)); // Some are seen before the probe hears that they are kept.
    const [half, most] = [0.5, 0.99].map((share) => quantileOf(values, share).toFixed(1));
    return `${part}: half within ${half} ms, 99 of 100 within ${most} ms (${values.length})`;
  });
};

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
