/** From the publication of a reading to clients of the live stream: two thousand of them, each reading for five, a thousand readings a second. */
import type { Limit, LimitBench, Limited } from '../bench.ts';
import type { Delivered } from '../load/deliveries.ts';
import type { LiveClient } from '../load/live-clients.ts';
import type { Open, Pace } from '../load/stream-load.ts';
import type { Member } from '../machine/member.ts';
import { openFilesMax, peakRssBytes, type Usage, type Watched, watchUsage } from '../machine/usage.ts';
import { Missing } from '../missing.ts';
import { issueKeys } from '../site/issue-keys.ts';
import { type Site, startSite } from '../site/start-site.ts';
import { quantile } from '../statistics.ts';
import { describeUsage, grouped, megabytes } from '../tell.ts';

const limits: readonly Limit[] = [
  { name: 'stream-live', atMost: 500, aim: 200 },
  { name: 'stream-live-memory', atMost: 400, aim: 300, unit: 'MB' },
];

const clients = 2_000;
const clientsOfSensor = 5;
const readingsPerSecond = 1_000;
const deliveriesPerSecond = readingsPerSecond * clientsOfSensor;
/** A key may follow as often as this, with the settings that an API has by default. */
const clientsOfKey = 100;
/** This many times as long as a side of a pair. */
const longer = 2;
/** Code is compiled by how often it ran. */
const warmUp: Pace = { perSecond: readingsPerSecond, seconds: 10 };
/** What comes at this time is a little less than what was sent. */
const reachedShare = 0.97;
/** Beside the sockets of clients and devices. */
const otherFiles = 500;
const megabyte = 1_000_000;

export const streamLive: LimitBench = {
  kind: 'limit',
  name: 'stream-live',
  about: `published to ${grouped(clients)} clients of the live stream at ${grouped(deliveriesPerSecond)} deliveries/s, 99 of 100, and what the API holds`,
  unit: 'ms',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: () => limits,
  measure: async (world, { log, seconds, pairs }) => {
    const files = clients + clients / clientsOfSensor + otherFiles;
    if (openFilesMax() < files) throw new Missing(`${files} open files (ulimit -n)`);
    const site = await startSite(world, log);
    const load = await world.tool({ name: 'load', program: 'load/stream-load.ts' });
    try {
      await load.ask('open', await toOpen(site));
      const { pid } = site.api.watched();
      world.tell(`  ${grouped(clients)} clients follow; the API holds ${megabytes(peakRssBytes(pid))} at most so far`);
      await load.ask('run', warmUp);
      const watched = [...site.counted(), ...site.besides(), { name: 'load', pid: load.pid }];
      const live = await rounds({
        load,
        watched,
        pace: { perSecond: readingsPerSecond, seconds: seconds * longer },
        pairs,
      });
      // One process, so one value: what it has held once is the most ever after.
      return [live, { ...live, values: [peakRssBytes(pid) / megabyte], notes: [] }];
    } finally {
      await load.stop();
      await site.stop();
    }
  },
};

/** Five clients for each sensor, and keys in turn. */
const toOpen = async (site: Site): Promise<Open> => {
  const keys = await issueKeys(site, clients / clientsOfKey);
  const sensors = Array.from(
    { length: clients / clientsOfSensor },
    (_, index) => `ceiling_node_${1_000 + index}_temperature`,
  );
  const following = Array.from({ length: clients }, (_, index): LiveClient => {
    const [sensor, headers] = [sensors[index % sensors.length], keys[index % keys.length]];
    if (sensor === undefined || headers === undefined) throw new Error('there are no sensors, or no keys');
    return { sensor, headers };
  });
  return { mqttPort: site.mqttPort, apiUrl: site.apiUrl, sensors, clients: following };
};

type Rounds = {
  readonly load: Member;
  readonly watched: readonly Watched[];
  readonly pace: Pace;
  readonly pairs: number;
};

const rounds = async ({ load, watched, pace, pairs }: Rounds): Promise<Limited> => {
  const [values, usage, notes, slow]: [number[], Usage[], string[], string[]] = [[], [], [], []];
  for (let round = 0; round < pairs; round += 1) {
    const usageSince = watchUsage(watched);
    const { seenMs, acknowledgedMs, perSecond } = await load.ask<Delivered>('run', pace);
    const used = usageSince();
    values.push(quantileOf(seenMs, 0.99));
    usage.push(used);
    notes.push(`${grouped(perSecond)} deliveries/s, each once; ${costOf(used, seenMs.length)}`);
    notes.push(
      describePart('to the PUBACK', acknowledgedMs),
      describePart('to the client', seenMs),
      describeUsage(used),
    );
    if (perSecond < deliveriesPerSecond * reachedShare) slow.push(`${grouped(perSecond)} deliveries/s`);
  }
  const noResult = slow.length === 0 ? undefined : `${slow.join(', ')} instead of ${grouped(deliveriesPerSecond)}`;
  return { values, usage, notes, noResult };
};

const costOf = ({ processes }: Usage, deliveries: number): string => {
  const { cpuSeconds } = processes.find(({ name }) => name === 'query-api') ?? { cpuSeconds: Number.NaN };
  return `${((cpuSeconds / deliveries) * 1e6).toFixed(1)} µs of CPU of the API for a delivery`;
};

const describePart = (part: string, values: readonly number[]): string => {
  const [half, most] = [0.5, 0.99].map((share) => quantileOf(values, share).toFixed(1));
  return `${part}: half within ${half} ms, 99 of 100 within ${most} ms (${grouped(values.length)})`;
};

const quantileOf = (values: readonly number[], share: number): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    share,
  );
