/** What has to hold after every fault, whatever it was. */
import { projections } from '@plenum/catalogue';
import { postgresVerificationStore, query } from '@plenum/postgres';
import { type Build, nameOfBuild, type Projection } from '@plenum/read-model';
import { type Difference, verifyProjection } from '@plenum/runtime';
import type { Accounts } from './accounts.ts';
import type { Site } from './site/site.ts';

export type Verdict = {
  readonly acknowledged: number;
  /** Acknowledged messages that are nowhere. */
  readonly lost: number;
  /** Rows of ledgers beyond one for an event, and rows beyond what was counted as applied. */
  readonly twice: number;
  /** Records set aside that nobody had planted. */
  readonly parked: number;
  /** Whether every table and every sum is what the log says; `undefined` when the log was not folded this time. */
  readonly verified: boolean | undefined;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
};

/** How long a message may be between a broker that acknowledged it and the log. */
export const onTheWayMs = 15_000;

/** `wild`: they may give two of their messages one id of their own, at different times, and mean two readings. */
export type Devices = 'tame' | 'wild';

export type Asked = {
  /** Records that have to be parked: those put into the log by us. Whatever devices send, nothing of it may be. */
  readonly planted: number;
  readonly devices: Devices;
  /** Whether to fold the whole log again, which takes the longer the longer it is. */
  readonly fold: boolean;
};

/** May be asked for while everything runs. @throws TransientFailure. */
export const verdictOf = async (
  site: Site,
  accounts: Accounts,
  { planted, devices, fold }: Asked,
): Promise<Verdict> => {
  const problems: string[] = [];
  const lost = await accounts.lost(site.mosquitto === undefined ? 0 : onTheWayMs);
  if (lost.length > 0)
    problems.push(
      `lost: ${lost
        .slice(0, 5)
        .map((one) => JSON.stringify(one))
        .join(', ')}`,
    );
  let twice = 0;
  for (const projection of projections) twice += await shownTwice(site, projection, { devices, problems });
  const parked = (await parkedRecords(site)) - planted;
  if (parked !== 0) problems.push(`${parked} records more are parked than were planted`);
  const verified = fold ? await isFold(site, problems) : undefined;
  return { acknowledged: accounts.acknowledged(), lost: lost.length, twice, parked, verified, problems };
};

/** As `replay verify` does it. */
export const isFold = async ({ database, log, codec }: Site, problems: string[]): Promise<boolean> => {
  let verified = true;
  for (const projection of projections) {
    const store = postgresVerificationStore({ pool: database.pool });
    const report = await verifyProjection({ log, codec, projection, store, shownMax: 5 });
    if (report.equal) continue;
    verified = false;
    problems.push(`${projection.name}: ${report.differences} differences: ${report.shown.map(textOf).join('; ')}`);
  }
  return verified;
};

const activeSchema = async ({ pool }: Site['database'], { name }: Projection): Promise<string> => {
  const sql = `select version, generation from plenum.projection where name = $1 and state = 'active'`;
  const [active] = await query<Pick<Build, 'version' | 'generation'>>(pool, sql, [name]);
  if (active === undefined) throw new Error(`no build of ${name} is active`);
  return nameOfBuild({ name, ...active });
};

type LedgerCount = { readonly rows: number; readonly events: number; readonly applied: number };

/** In one statement, so that rows and counters are of the same moment. */
const shownTwice = async (
  { database }: Site,
  projection: Projection,
  { devices, problems }: { readonly devices: Devices; readonly problems: string[] },
): Promise<number> => {
  if (projection.ledger === undefined) return 0;
  const table = `${await activeSchema(database, projection)}.${projection.ledger.name}`;
  const [count] = await query<LedgerCount>(
    database.pool,
    `select (select count(*) from ${table})::int as rows,
            (select count(distinct event_id) from ${table})::int as events,
            (select coalesce(sum(applied), 0) from plenum.checkpoint c join plenum.projection p on p.name = c.consumer
                and p.version = c.version and p.generation = c.generation
              where p.name = $1 and p.state = 'active')::int as applied`,
    [projection.name],
  );
  if (count === undefined) throw new Error(`${table} cannot be counted`);
  const { rows, events, applied } = count;
  if (rows !== applied) problems.push(`${table}: ${rows} rows, and ${applied} counted as applied`);
  const uncounted = Math.abs(rows - applied);
  if (devices === 'wild' || rows === events) return uncounted;
  problems.push(`${table}: ${rows} rows of ${events} events`);
  return rows - events + uncounted;
};

const parkedRecords = async ({ database }: Site): Promise<number> => {
  const [row] = await query<{ count: number }>(database.pool, 'select count(*)::int as count from plenum.parked');
  return row?.count ?? 0;
};

const textOf = ({ table, key, kind, column, expected, found }: Difference): string =>
  `${table} ${JSON.stringify(key)} ${kind}${column === undefined ? '' : ` ${column}: ${found}, expected ${expected}`}`;
