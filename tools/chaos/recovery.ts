/** How long a site takes until it is back at work: measured from outside, by what its users would see. */
import { setTimeout as sleep } from 'node:timers/promises';
import { projections } from '@plenum/catalogue';
import { projectionCheckpoints, query } from '@plenum/postgres';
import { TransientFailure } from '@plenum/runtime';
import type { Accounts } from './accounts.ts';
import { takesSession } from './sessions/takes-session.ts';
import type { Site } from './site/site.ts';

/** Milliseconds from the end of the fault, `undefined` for what did not come in time. */
export type Recovery = {
  /** A device got an acknowledgement; where the acknowledgement is another broker's, the log got messages. */
  readonly acknowledgedMs: number | undefined;
  /** A row that was not there came into a read model. */
  readonly appliedMs: number | undefined;
  /** Everything that was in the log by then is in every read model, on every partition. */
  readonly caughtUpMs: number | undefined;
  /** The API said that it is ready. */
  readonly answeredMs: number | undefined;
  /** Each bridge takes clients with kept sessions; at once where devices connect to a broker. */
  readonly listeningMs: number | undefined;
};

export const slowestOf = (recovery: Recovery): number | undefined => {
  const all = Object.values(recovery);
  return all.includes(undefined) ? undefined : Math.max(...all.map((ms) => ms ?? 0));
};

const lookEveryMs = 20;
/** Messages beyond the latest that may have been taken before the fault, and show only after it. */
const underWay = 50;

/** Looks from now on, and waits `patienceMs` at most. */
export const recoveryOf = async (site: Site, accounts: Accounts, patienceMs: number): Promise<Recovery> => {
  const startMs = performance.now();
  const until = async (isSo: () => Promise<boolean>): Promise<number | undefined> => {
    for (;;) {
      const nowMs = performance.now() - startMs;
      if (await unlessTransient(isSo)) return performance.now() - startMs;
      if (nowMs > patienceMs) return undefined;
      await sleep(lookEveryMs);
    }
  };
  const taken = site.mosquitto === undefined ? () => latestPromised(accounts) : () => recordsIn(site);
  let before: number | undefined;
  const [acknowledgedMs, [appliedMs, caughtUpMs], answeredMs, listeningMs] = await Promise.all([
    until(async () => {
      const now = await taken();
      before ??= now + underWay;
      return now > before;
    }),
    projectedAgain(site, until),
    until(async () => (await fetch(`${site.apiUrl}/api/v1/health/ready`, { signal: AbortSignal.timeout(1_000) })).ok),
    until(() => everybodyTakesSessions(site)),
  ]);
  return { acknowledgedMs, appliedMs, caughtUpMs, answeredMs, listeningMs };
};

/** Settles when a new site is there: the projectors have made their tables, and the API answers. */
export const siteReady = async ({ database, apiUrl }: Site): Promise<void> => {
  const isReady = async (): Promise<boolean> => {
    const [row] = await query<{ made: boolean }>(
      database.pool,
      "select to_regclass('plenum.projection') is not null as made",
    );
    return row?.made === true && (await fetch(`${apiUrl}/api/v1/health/ready`)).ok;
  };
  while (!(await unlessTransient(isReady))) await sleep(lookEveryMs);
};

/** As a client sees it that comes back to its session. */
const everybodyTakesSessions = async ({ replicas }: Site): Promise<boolean> => {
  for (const { name, wire } of replicas) if (!(await takesSession({ name, port: wire.port }))) return false;
  return true;
};

const latestPromised = async (accounts: Accounts): Promise<number> => {
  await accounts.note();
  return accounts.latest();
};

const recordsIn = async (site: Site): Promise<number> =>
  [...(await logEnds(site)).values()].reduce((sum, next) => sum + Number(next), 0);

type Until = (isSo: () => Promise<boolean>) => Promise<number | undefined>;

const projectedAgain = async (site: Site, until: Until) => {
  let appliedBefore: number | undefined;
  const appliedMs = await until(async () => {
    const applied = await appliedNow(site);
    appliedBefore ??= applied;
    return applied > appliedBefore;
  });
  let ends: ReadonlyMap<string, bigint> | undefined;
  const caughtUpMs = await until(async () => {
    ends ??= await logEnds(site);
    return isCaughtUp(site, ends);
  });
  return [appliedMs, caughtUpMs] as const;
};

const appliedNow = async ({ database }: Site): Promise<number> => {
  const all = await Promise.all(projections.map((projection) => projectionCheckpoints(database.pool, projection)));
  return all.flat().reduce((sum, { counters }) => sum + counters.applied, 0);
};

/** Where every partition that is read ends, by `topic/partition`. */
export const logEnds = async ({ log }: Site): Promise<ReadonlyMap<string, bigint>> => {
  const ends = new Map<string, bigint>();
  for (const topic of new Set(projections.flatMap((projection) => projection.topics))) {
    for (const { partition, next } of await log.positions(topic)) ends.set(`${topic}/${partition}`, next);
  }
  return ends;
};

/** Whether every projection has read so far. */
export const isCaughtUp = async ({ database }: Site, ends: ReadonlyMap<string, bigint>): Promise<boolean> => {
  for (const projection of projections) {
    const checkpoints = await projectionCheckpoints(database.pool, projection);
    if (checkpoints.length === 0) return false;
    if (checkpoints.some(({ topic, partition, next }) => next < (ends.get(`${topic}/${partition}`) ?? 0n)))
      return false;
  }
  return true;
};

/** What cannot be seen now, because the database or the API is away, is looked for again. */
const unlessTransient = async (isSo: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await isSo();
  } catch (error) {
    if (error instanceof TransientFailure || isFetchError(error)) return false;
    throw error;
  }
};

const isFetchError = (error: unknown): boolean =>
  error instanceof Error && (error.message === 'fetch failed' || error.name === 'TimeoutError');
