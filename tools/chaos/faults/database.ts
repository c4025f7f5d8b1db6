/** What happens to PostgreSQL: killed, frozen, slow, or without space on its disk. */
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '@plenum/postgres';
import { between, oneOf } from '../numbers.ts';
import { childrenOf, signalTo } from '../site/processes.ts';
import type { Site } from '../site/site.ts';
import { type Fault, onLinuxOnly } from './fault.ts';

/** The supervisor needs a moment after it lost the server; a fault that kills it then means the next one. */
const postmasterOf = async (site: Site): Promise<number> => {
  for (;;) {
    const pid = site.server.pid();
    if (pid !== undefined) return pid;
    await sleep(20);
  }
};

/** The sessions of our programs, with what each is for. */
const sessionsOf = (site: Site): Promise<readonly { readonly pid: number; readonly name: string }[]> =>
  query(
    site.database.pool,
    `select pid, application_name as name from pg_stat_activity
      where backend_type = 'client backend' and application_name like 'plenum%' order by pid`,
  );

const freezeAll = (pid: number): (() => void) => {
  const all = [pid, ...childrenOf(pid)];
  for (const one of all) signalTo(one, 'SIGSTOP');
  return () => {
    for (const one of all) signalTo(one, 'SIGCONT');
  };
};

export const databaseFaults: readonly Fault[] = [
  {
    kind: 'kill-postgres',
    about: 'SIGKILL the PostgreSQL server',
    happen: async (site, _, say) => {
      const pid = await postmasterOf(site);
      say(`SIGKILL PostgreSQL, process ${pid}`);
      signalTo(pid, 'SIGKILL');
    },
  },
  {
    kind: 'kill-backend',
    about: 'SIGKILL one session of PostgreSQL, which makes it end all others and recover',
    happen: async (site, numbers, say) => {
      const { pid, name } = oneOf(numbers, await sessionsOf(site));
      say(`SIGKILL the session of "${name}", process ${pid}`);
      signalTo(pid, 'SIGKILL');
    },
  },
  {
    kind: 'freeze-postgres',
    about: 'SIGSTOP PostgreSQL and all its sessions for up to 6 s',
    impossible: onLinuxOnly,
    happen: async (site, numbers, say) => {
      const forMs = between(numbers, 300, 6_000);
      const pid = await postmasterOf(site);
      say(`SIGSTOP PostgreSQL, process ${pid}, and its sessions for ${forMs} ms`);
      const wake = freezeAll(pid);
      await sleep(forMs);
      say('SIGCONT PostgreSQL');
      wake();
    },
  },
  {
    kind: 'freeze-backend',
    about: 'SIGSTOP one session of PostgreSQL, with the locks it holds, for up to 4 s',
    happen: async (site, numbers, say) => {
      const forMs = between(numbers, 300, 4_000);
      const { pid, name } = oneOf(numbers, await sessionsOf(site));
      say(`SIGSTOP the session of "${name}", process ${pid}, for ${forMs} ms`);
      signalTo(pid, 'SIGSTOP');
      await sleep(forMs);
      say(`SIGCONT the session of "${name}"`);
      signalTo(pid, 'SIGCONT');
    },
  },
  {
    kind: 'slow-postgres',
    about: 'let PostgreSQL run a tenth of the time for up to 4 s, as on a disk that crawls',
    impossible: onLinuxOnly,
    happen: async (site, numbers, say) => {
      const forMs = between(numbers, 1_000, 4_000);
      const pid = await postmasterOf(site);
      say(`PostgreSQL, process ${pid}, gets a tenth of the time for ${forMs} ms`);
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        const wake = freezeAll(pid);
        await sleep(90);
        wake();
        await sleep(10);
      }
      say('PostgreSQL gets all its time');
    },
  },
  {
    kind: 'full-disk',
    about: 'fill the disk of PostgreSQL for up to 4 s',
    impossible: ({ disk }) => (typeof disk === 'string' ? disk : undefined),
    happen: async ({ disk }, numbers, say) => {
      if (typeof disk === 'string') throw new Error(disk);
      const forMs = between(numbers, 500, 4_000);
      say(`the disk of PostgreSQL (${disk.kind}) is filled for ${forMs} ms`);
      await disk.fill();
      await sleep(forMs);
      await disk.free();
      say('the disk has space');
    },
  },
];
