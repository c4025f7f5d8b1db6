/**
 * What a reading takes on disk: its share of the log, and its rows in the tables of the readings with all their indexes. Nothing is
 * vacuumed or packed for it; it is what stands there when the messages have come.
 */
import type { Limit, LimitBench, Limited } from '../bench.ts';
import type { LogKind } from '../machine/place.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { type DiskPart, diskPartsOf, grownSince } from '../site/disk-parts.ts';
import { openPublisher, type Pace } from '../site/publish.ts';
import { type Site, startSite } from '../site/start-site.ts';
import { grouped } from '../tell.ts';
import type { World } from '../world.ts';
import { thirdMore } from './third-more.ts';

const own: readonly Limit[] = [
  { name: 'disk-5000', atMost: 450, aim: 300 },
  { name: 'disk-flood', atMost: 450, aim: 300 },
];
const messages = 50_000;

export const disk: LimitBench = {
  kind: 'limit',
  name: 'disk',
  about: 'a reading in the log and in the tables of readings with their indexes, at 5,000/s and as many as it takes',
  unit: 'bytes',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: (log) => (log === 'kafka' ? own.map(thirdMore) : own),
  measure: async (world, { log, pairs }) => [
    await growAt(world, { log, rounds: pairs, pace: { perSecond: 5_000, seconds: messages / 5_000 } }),
    await growAt(world, { log, rounds: pairs, pace: { messages } }),
  ],
};

type Growing = { readonly log: LogKind; readonly rounds: number; readonly pace: Pace };

/** In rounds on one site: what is there once, before the first reading, is no part of what a reading takes. */
const growAt = async (world: World, { log, rounds, pace }: Growing): Promise<Limited> => {
  const site = await startSite(world, log);
  try {
    const publisher = await openPublisher(world, site);
    const server = await world.postgres();
    const [values, usage, notes]: [number[], Usage[], string[]] = [[], [], []];
    let noResult: string | undefined;
    let before = await standingOf(site);
    for (let round = 0; round < rounds; round += 1) {
      const usageSince = watchUsage([]);
      const { notReached } = await publisher.publish(pace);
      usage.push(usageSince());
      noResult ??= notReached;
      await server.run('checkpoint');
      const after = await standingOf(site);
      const { perReading, described } = shareOf(before, after);
      values.push(perReading);
      notes.push(...described);
      before = after;
    }
    await publisher.close();
    return { values, usage, notes, noResult };
  } finally {
    await site.stop();
  }
};

type Standing = {
  readonly parts: readonly DiskPart[];
  /** Of a Kafka broker, all of its log; none where the log is in the tables. */
  readonly brokerBytes: number;
  /** Records in the log, and readings among them. */
  readonly records: number;
  readonly readings: number;
};

const standingOf = async ({ arrivals, brokerBytes }: Site): Promise<Standing> => {
  const [ledger] = await arrivals.ask<{ rows: string }>('select count(*)::text as rows from public.sensor_data');
  const [parts, records] = [await diskPartsOf(arrivals), await arrivals.inLog()];
  return { parts, records, readings: Number(ledger?.rows), brokerBytes: await brokerBytes() };
};

/** What the log took of each of its records, and the tables of readings of each reading. */
const shareOf = (before: Standing, after: Standing) => {
  const [records, readings] = [after.records - before.records, after.readings - before.readings];
  const shares = grownSince(before.parts, after.parts).flatMap(({ table, part, bytes }) => {
    const each = isOfLog(table) ? bytes / records : isOfReadings(table) ? bytes / readings : 0;
    return each === 0 ? [] : [{ name: `${table} ${part}`, each }];
  });
  const broker = (after.brokerBytes - before.brokerBytes) / records;
  const all = broker > 0 ? [...shares, { name: 'Kafka', each: broker }] : shares;
  const perReading = all.reduce((sum, { each }) => sum + each, 0);
  const parts = all.map(({ name, each }) => `  ${each.toFixed(1)} ${name}`);
  const head = `${perReading.toFixed(0)} bytes a reading; ${grouped(records)} records, ${grouped(readings)} readings`;
  return { perReading, described: [head, ...parts] };
};

const isOfLog = (table: string): boolean => table.startsWith('plenum_log.');
const isOfReadings = (table: string): boolean => table.startsWith('readings_');
