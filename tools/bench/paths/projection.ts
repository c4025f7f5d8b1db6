/** Log to committed rows: the ledger alone, and the whole set, beside COPY of the same rows into the same ledger. */
import { type Measured, type RatioBench, type RunSettings, type Side, saturatedFrom } from '../bench.ts';
import type { Member } from '../machine/member.ts';
import type { Milestone } from '../machine/milestones.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import type { Prepare } from '../sides/copy.ts';
import { type ProjectionChoice, schemaOf } from '../sides/projections.ts';
import type { Start } from '../sides/projector.ts';
import type { World } from '../world.ts';
import { watchedOfLog } from './log-places.ts';
import { readingsFromMs, readingsLog } from './readings-log.ts';

/** Rows that both sides write before anything is measured, and rows in all. */
export const warmUpRows = 50_000;
export const projectedRows = 250_000;

const copy: Pick<Side, 'name' | 'about' | 'run'> = {
  name: 'COPY',
  about: 'COPY in the same batches into the same indexed table',
  run: (world, settings) => copyRun(world, settings),
};

export const projectionLedger: RatioBench = {
  kind: 'ratio',
  name: 'projection-ledger',
  about: 'log to decoded, committed rows of the ledger',
  unit: 'rows/s',
  logs: ['postgres', 'kafka'],
  subject: (world, settings) => projectorRun(world, settings, { shape: 'ledger' }),
  against: [{ ...copy, atLeast: 0.45, aim: 0.7 }],
};

export const projectionProjection: RatioBench = {
  ...projectionLedger,
  name: 'projection-set',
  about: 'log to decoded, committed rows of the ledger, the latest and the minutes',
  subject: (world, settings) => projectorRun(world, settings, { shape: 'projection' }),
  against: [{ ...copy, atLeast: 0.35, aim: 0.5 }],
};

const tablesDatabase = 'bench_tables';

const projectorRun = async (world: World, { log: kind }: RunSettings, choice: ProjectionChoice): Promise<Measured> => {
  const log = await readingsLog(world, kind, projectedRows);
  const url = await emptyTables(world);
  const projector = await world.member({ name: 'projector', program: 'sides/projector.ts' });
  try {
    await projector.ask('start', { log, url, nowMs: readingsFromMs, ...choice } satisfies Start);
    const { usage, perSecond } = await watchRows(world, kind, projector);
    const measured = { perSecond, usage, saturation: usage.processes[0]?.busyShare ?? 0 };
    await checkRows(world, choice);
    return measured;
  } finally {
    await projector.stop();
  }
};

const copyRun = async (world: World, { log: kind }: RunSettings): Promise<Measured> => {
  const log = await readingsLog(world, kind, projectedRows);
  const url = await emptyTables(world);
  const copy = await world.member({ name: 'copy', program: 'sides/copy.ts' });
  try {
    const rows = await copy.ask<number>('prepare', { log, url, nowMs: readingsFromMs } satisfies Prepare);
    if (rows !== projectedRows) throw new Error(`${rows} rows to copy where ${projectedRows} are wanted`);
    await copy.ask('start');
    const { usage, perSecond } = await watchRows(world, 'postgres', copy);
    await checkRows(world, { shape: 'copied' });
    return { perSecond, usage, saturation: saturationOf(usage) };
  } finally {
    await copy.stop();
  }
};

/**
 * PostgreSQL is what this side is about. Its backends wait for each other at the end of the one table and of its log, so it
 * never fills all cores, and with more connections it is no faster. Every connection is given its next batch the moment it has
 * none; what could keep it waiting is the one thread that hands them out. So it counts as saturated by how free that thread was.
 */
const saturationOf = ({ processes, machineBusyShare, seconds }: Usage): number => {
  const handingOut = (processes[0]?.cpuSeconds ?? seconds) / seconds;
  return Math.max(machineBusyShare, 1 - (handingOut / handingOutMax) * (1 - saturatedFrom));
};

/** Beyond this share of a core, the process that hands out batches may be what is waited for. */
const handingOutMax = 0.25;

const emptyTables = async (world: World): Promise<string> => {
  const server = await world.postgres();
  const url = await server.emptyDatabase(tablesDatabase);
  await server.run('checkpoint');
  return url;
};

const watchRows = async (
  world: World,
  kind: RunSettings['log'],
  side: Member,
): Promise<Pick<Measured, 'perSecond' | 'usage'>> => {
  const postgres = (await world.postgres()).watched();
  const others = kind === 'kafka' ? [postgres, ...(await watchedOfLog(world, kind, 'kept'))] : [postgres];
  const from = await side.ask<Milestone>('reached', { count: warmUpRows });
  const usageSince = watchUsage([side, ...others]);
  const to = await side.ask<Milestone>('reached', { count: projectedRows });
  const usage = usageSince();
  return { usage, perSecond: ((projectedRows - warmUpRows) / (to.atMs - from.atMs)) * 1000 };
};

/** What was measured is only worth something when it is all there. */
const checkRows = async (world: World, choice: ProjectionChoice): Promise<void> => {
  const server = await world.postgres();
  const schema = schemaOf(choice);
  const count = async (table: string): Promise<number> => {
    const [row] = await server.run(`select count(*)::int as count from ${schema}.${table}`, tablesDatabase);
    return Number(row?.count);
  };
  const rows = await count('sensor_data');
  if (rows !== projectedRows) throw new Error(`${rows} rows are in the ledger where ${projectedRows} are wanted`);
  if (choice.shape !== 'projection') return;
  const [row] = await server.run(`select sum(readings)::int as count from ${schema}.sensor_minutes`, tablesDatabase);
  if (row?.count !== projectedRows) throw new Error(`the minutes count ${row?.count} of ${projectedRows} readings`);
};
