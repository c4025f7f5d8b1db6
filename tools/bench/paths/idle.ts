/** What Plenum takes while nothing happens: every process of it and PostgreSQL, after traffic has come and gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit, LimitBench } from '../bench.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { sessionsOf, withoutOurs } from '../site/postgres-shares.ts';
import { openPublisher } from '../site/publish.ts';
import { startSite } from '../site/start-site.ts';
import { describeUsage } from '../tell.ts';
import { thirdMore } from './third-more.ts';

const own: Limit = { name: 'idle', atMost: 1, aim: 0.3 };
/**
 * In which nobody is asked for anything. Until connections that the messages needed have been closed, which is after 30 s: the server
 * takes 2 ms for the end of each.
 */
const settleMs = 40_000;
/** This many times as long as a side of a pair: what happens every few seconds has to happen several times. */
const longer = 2;

export const idle: LimitBench = {
  kind: 'limit',
  name: 'idle',
  about: 'of one core, all processes of Plenum and PostgreSQL together while nothing arrives',
  unit: '% of a core',
  logs: ['postgres', 'kafka'],
  onRequest: true,
  limits: (log) => [log === 'kafka' ? thirdMore(own) : own],
  measure: async (world, { log, seconds, pairs }) => {
    const site = await startSite(world, log);
    try {
      const publisher = await openPublisher(world, site);
      await publisher.close();
      // What is owed to the messages before would fall due at some time in between.
      const server = await world.postgres();
      await server.run('vacuum analyze', site.database);
      await server.run('checkpoint');
      await sleep(settleMs);
      const counted = site.counted();
      const [values, usage, notes]: [number[], Usage[], string[]] = [[], [], []];
      for (let round = 0; round < pairs; round += 1) {
        const usageSince = watchUsage([...counted, ...site.besides()]);
        await sleep(seconds * longer * 1000);
        const used = usageSince();
        const sessions = await sessionsOf(site.arrivals, used);
        const percentOf = (cpuSeconds: number): number => (100 * cpuSeconds) / used.seconds;
        const shares = withoutOurs(used.processes, sessions).map(({ name, cpuSeconds }) => ({
          name,
          share: percentOf(cpuSeconds),
        }));
        values.push(shares.slice(0, counted.length).reduce((sum, { share }) => sum + share, 0));
        usage.push(used);
        notes.push(shares.map(({ name, share }) => `${name} ${share.toFixed(2)} %`).join(', '));
        const ofPostgres = sessions.map(({ name, cpuSeconds }) => `${name} ${percentOf(cpuSeconds).toFixed(3)}`);
        notes.push(`  of postgres: ${ofPostgres.join(', ')}`);
      }
      notes.push(...usage.slice(-1).map(describeUsage));
      return [{ values, usage, notes }];
    } finally {
      await site.stop();
    }
  },
};
