/** What became of messages: how many are in the log, and how many of them queries can see. */
import { setTimeout as sleep } from 'node:timers/promises';
import { domains, projections } from '@plenum/catalogue';
import { openPool, projectionCheckpoints, query } from '@plenum/postgres';
import { quarantineTopic } from '@plenum/quarantine';
import { type LogPlace, openLog } from '../machine/place.ts';

export type Arrivals = {
  /** Records of what devices sent. What is decided, and who was let in, is another matter. */
  inLog(): Promise<number>;
  /**
   * Settles when so many records are in the log, and every projection has all of them that are of its topics.
   * @throws when that takes too long.
   */
  settled(records: number): Promise<void>;
  /** @throws when the ledger of readings does not have each reading of the log as one row. */
  checkLedger(): Promise<void>;
  /** Runs one statement on the database of the read models. */
  ask<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
};

const lookEveryMs = 20;
const settledMsMax = 120_000;
const ledgerTopic = 'plenum.ceiling.readings';

const deviceTopics: readonly string[] = [
  ...domains
    .flatMap(({ translate, topics }) => (translate === undefined ? [] : topics))
    .flatMap(({ holds, name }) => (holds === 'observations' ? [name] : [])),
  quarantineTopic.name,
];

export const openArrivals = async (place: LogPlace, databaseUrl: string): Promise<Arrivals> => {
  const log = await openLog(place);
  const pool = openPool({ url: databaseUrl, applicationName: 'bench arrivals', connectionsMax: 1 });
  const recordsOf = async (topic: string): Promise<number> =>
    Number((await log.positions(topic)).reduce((sum, { first, next }) => sum + next - first, 0n));

  const isIn = async (ends: ReadonlyMap<string, number>): Promise<boolean> => {
    for (const projection of projections) {
      const wanted = projection.topics.reduce((sum, topic) => sum + (ends.get(topic) ?? 0), 0);
      const checkpoints = wanted === 0 ? [] : await projectionCheckpoints(pool, projection);
      if (checkpoints.reduce((sum, { next }) => sum + Number(next), 0) < wanted) return false;
    }
    return true;
  };

  const endsNow = async (): Promise<ReadonlyMap<string, number>> => {
    const ends = new Map<string, number>();
    for (const name of deviceTopics) ends.set(name, await recordsOf(name));
    return ends;
  };
  const inAll = (ends: ReadonlyMap<string, number>): number => ends.values().reduce((sum, records) => sum + records, 0);

  return {
    inLog: async () => inAll(await endsNow()),
    settled: async (records) => {
      const giveUpMs = performance.now() + settledMsMax;
      for (;;) {
        const ends = await endsNow();
        if (inAll(ends) >= records && (await isIn(ends))) return;
        if (performance.now() > giveUpMs) throw new Error(`${records} records were not in the tables in time`);
        await sleep(lookEveryMs);
      }
    },
    checkLedger: async () => {
      const [ledger] = await query<{ rows: string }>(pool, 'select count(*)::text as rows from public.sensor_data');
      const [minutes] = await query<{ rows: string }>(
        pool,
        'select coalesce(sum(readings), 0)::text as rows from public.sensor_minutes',
      );
      const records = await recordsOf(ledgerTopic);
      if (Number(ledger?.rows) === records && Number(minutes?.rows) === records) return;
      throw new Error(`${records} readings are in the log, ${ledger?.rows} in the ledger, ${minutes?.rows} in minutes`);
    },
    ask: (sql, values = []) => query(pool, sql, [...values]),
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
};
