/** A site of two bridges between which devices move: first one is killed, then the other is stopped in order. */
import path from 'node:path';
import { siteReady } from '../recovery.ts';
import { keepLogs } from '../site/keep-logs.ts';
import { type Site, startSite } from '../site/site.ts';
import { sweepSites } from '../site/sweep-sites.ts';
import { type Move, move, newFleet } from './move.ts';

const cache = path.join(import.meta.dirname, '../../../.cache/chaos');

export type MovesAsked = { readonly devices: number; readonly log: 'postgres' | 'kafka' };

export const runMoves = async (asked: MovesAsked, tell: (line: string) => void): Promise<readonly Move[]> => {
  await sweepSites(cache);
  const directory = path.join(cache, `run-${process.pid}`);
  const logs = path.join(directory, 'logs');
  const quiet = { mqtt: 'listen', seed: 1, nodes: 1, ratePerSecond: 1, ownDisk: false } as const;
  const site = await startSite({ ...quiet, log: asked.log, replicas: 2, directory, logs });
  try {
    await siteReady(site);
    const moves = await moveBoth(site, asked.devices, tell);
    if (moves.some(({ problems }) => problems.length > 0)) await keepLogs(logs, cache, tell);
    return moves;
  } finally {
    await site.close();
  }
};

const moveBoth = async (site: Site, count: number, tell: (line: string) => void): Promise<readonly Move[]> => {
  const [first, second] = site.replicas.map(({ name, wire: { port } }) => ({ name, port }));
  if (first === undefined || second === undefined) throw new Error('there is no second bridge');
  const fleet = newFleet(count);
  const moves: Move[] = [];
  for (const [way, how] of [
    [[first, second], 'killed'],
    [[second, first], 'stopped'],
  ] as const) {
    const { devices, commands, readings, backSeconds, doneSeconds, problems } = await move(site, fleet, way, how);
    moves.push({ how, devices, commands, readings, backSeconds, doneSeconds, problems });
    tell(
      `${way[0].name} ${how}: ${devices} devices are back after ${backSeconds} s; ${commands} commands have come and ` +
        `${readings} readings are acknowledged after ${doneSeconds} s; ${problems.length} problems`,
    );
  }
  return moves;
};
