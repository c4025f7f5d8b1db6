/** What PostgreSQL did, and for whom: CPU of its sessions by application, transactions, and what was written ahead (WAL). */
import type { ProcessUsage, Usage } from '../machine/usage.ts';
import type { Arrivals } from './arrivals.ts';

export type PostgresWork = { readonly transactions: number; readonly walBytes: number };

/** Since the server began, as far as sessions have reported it. */
export const postgresWork = async ({ ask }: Pick<Arrivals, 'ask'>): Promise<PostgresWork> => {
  const [row] = await ask<{ transactions: string; bytes: string }>(
    `select xact_commit::text as transactions, (pg_current_wal_lsn() - '0/0')::text as bytes
       from pg_stat_database where datname = current_database()`,
  );
  return { transactions: Number(row?.transactions), walBytes: Number(row?.bytes) };
};

export type Session = { readonly name: string; readonly cpuSeconds: number };

/** The most first. What has no application is named for what it is. Sessions that have ended since are left out. */
export const sessionsOf = async (
  { ask }: Pick<Arrivals, 'ask'>,
  { processes }: Pick<Usage, 'processes'>,
): Promise<readonly Session[]> => {
  const found = await ask<{ pid: number; name: string }>(
    `select pid, coalesce(nullif(application_name, ''), backend_type) as name from pg_stat_activity`,
  );
  const members = processes.find(({ name }) => name === 'postgres')?.members ?? new Map<number, number>();
  const shares = new Map<string, number>();
  for (const { pid, name } of found) shares.set(name, (shares.get(name) ?? 0) + (members.get(pid) ?? 0));
  return [...shares]
    .map(([name, cpuSeconds]) => ({ name, cpuSeconds }))
    .filter(({ cpuSeconds }) => cpuSeconds > 0)
    .toSorted((a, b) => b.cpuSeconds - a.cpuSeconds);
};

/** Without the sessions of the measurement itself, which looks at what has come. */
export const withoutOurs = (
  processes: readonly ProcessUsage[],
  sessions: readonly Session[],
): readonly ProcessUsage[] => {
  const ours = sessions.reduce((sum, { name, cpuSeconds }) => sum + (name.startsWith('bench ') ? cpuSeconds : 0), 0);
  return processes.map((one) =>
    one.name === 'postgres' ? { ...one, cpuSeconds: Math.max(0, one.cpuSeconds - ours) } : one,
  );
};
