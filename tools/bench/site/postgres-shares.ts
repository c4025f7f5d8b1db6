/** For whom PostgreSQL worked: the CPU of its sessions by application, and of its own processes by what they are. */
import type { Usage } from '../machine/usage.ts';
import type { Arrivals } from './arrivals.ts';

/** CPU seconds by name, the most first. Sessions that have ended since are left out. */
export const postgresSharesOf = async (
  { ask }: Pick<Arrivals, 'ask'>,
  { processes }: Pick<Usage, 'processes'>,
): Promise<readonly (readonly [name: string, cpuSeconds: number])[]> => {
  const names = await ask<{ pid: number; name: string }>(
    `select pid, coalesce(nullif(application_name, ''), backend_type) as name from pg_stat_activity`,
  );
  const members = processes.find(({ name }) => name === 'postgres')?.members ?? new Map<number, number>();
  const shares = new Map<string, number>();
  for (const { pid, name } of names) shares.set(name, (shares.get(name) ?? 0) + (members.get(pid) ?? 0));
  return [...shares].filter(([, seconds]) => seconds > 0).toSorted(([, a], [, b]) => b - a);
};
