/**
 * What doors were told by the guard tables, for as long as it may be believed. Answers are at most half a second old
 * while the database answers; while it does not, what is known goes on for a few seconds, and then nobody can tell. That
 * there is no such thing is remembered too, apart from the rest, so that strangers push out nobody.
 *
 * One question at a time, for everybody who waits: whatever strangers invent, they cost the database one connection.
 */
import { type Logger, type Timer, Weather } from '@plenum/runtime';
import { beforeDeadline } from './before-deadline.ts';
import { rememberedRows } from './remembered-rows.ts';

export type GuardCache<Row> = {
  /** The row of an id, or that there is none, or that nobody can tell. At once where it is known. */
  get(id: string): Told<Row> | Promise<Told<Row>>;
  /** Drops the rows for which this holds, and all that was thought not to be there. What is being asked is not kept. */
  forget(changed: (row: Row) => boolean): void;
  readonly sums: GuardSums;
};

export type Told<Row> = { readonly outcome: 'told'; readonly row: Row | undefined } | { readonly outcome: 'away' };

export type GuardSums = {
  remembered(): number;
  hits(): number;
  reads(): number;
  /** How long questions have failed for; 0 unless the last one did. */
  failingForMs(): number;
};

export type GuardCacheParts<Row> = {
  /** The rows of these ids by id, those that there are. */
  readonly read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly limits: GuardLimits;
};

export type GuardLimits = {
  /** An answer is used so long after it was asked for. From half of it on, the next is asked for already. */
  readonly freshMs: number;
  /** And so long while the database does not answer. */
  readonly staleMs: number;
  /** A question that is not answered by then is given up. */
  readonly answerMs: number;
  /** How long after a failure the next question is asked. */
  readonly retryMs: number;
  readonly rowsMax: number;
  /** Ids of which nothing is there. */
  readonly strangersMax: number;
  /** Ids that wait for the next question; any more are told that nobody can tell. */
  readonly waitingMax: number;
  /** Ids in one question. */
  readonly batchMax: number;
};

export const defaultGuardLimits: GuardLimits = {
  freshMs: 500,
  staleMs: 5_000,
  answerMs: 1_000,
  retryMs: 100,
  rowsMax: 20_000,
  strangersMax: 2_000,
  waitingMax: 2_000,
  batchMax: 500,
};

/** `atMs`: when it was asked for, which is before it was so. */
export type Known<Row> = { readonly row: Row | undefined; readonly atMs: number };

/** `undefined`: it could not be asked. */
type Waiting<Row> = PromiseWithResolvers<Known<Row> | undefined>;

export const guardCache = <Row>({ read, logger, timer, limits }: GuardCacheParts<Row>): GuardCache<Row> => {
  const known = rememberedRows<Row>(limits);
  const waiting = new Map<string, Waiting<Row>>();
  let asked: ReadonlyMap<string, Waiting<Row>> = new Map();
  /** Something changed since the question was asked, so its answer is for those who wait and not kept. */
  let overtaken = false;
  let running = false;
  let failingSinceMs: number | undefined;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let [hits, reads] = [0, 0];

  const noteFailure = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Weather)) logger.error({ reason }, 'asking the guards failed');
    else if (failingSinceMs === undefined) logger.warn({ code: error.code, reason }, 'the guards do not answer');
    failedAtMs = timer.nowMs();
    failingSinceMs ??= failedAtMs;
  };
  const turn = async (): Promise<void> => {
    asked = new Map([...waiting].slice(0, limits.batchMax));
    for (const id of asked.keys()) waiting.delete(id);
    overtaken = false;
    const atMs = timer.nowMs();
    try {
      reads += 1;
      const rows = await beforeDeadline(read([...asked.keys()]), timer, limits.answerMs);
      if (failingSinceMs !== undefined) logger.info({}, 'the guards answer again');
      failingSinceMs = undefined;
      for (const [id, { resolve }] of asked) {
        const found = { row: rows.get(id), atMs };
        if (!overtaken) known.put(id, found);
        resolve(found);
      }
    } catch (error) {
      noteFailure(error);
      for (const { resolve } of asked.values()) resolve(undefined);
    }
    asked = new Map();
  };
  const run = async (): Promise<void> => {
    running = true;
    // Whoever comes in the same turn of the event loop is asked for together.
    await Promise.resolve();
    while (waiting.size > 0) await turn();
    running = false;
  };
  const ask = (id: string): Promise<Known<Row> | undefined> => {
    const joined = (overtaken ? undefined : asked.get(id)) ?? waiting.get(id);
    if (joined !== undefined) return joined.promise;
    if (waiting.size >= limits.waitingMax) return Promise.resolve(undefined);
    const one: Waiting<Row> = Promise.withResolvers();
    waiting.set(id, one);
    // It settles by itself: everything that can go wrong in a turn is told to those who wait for it.
    if (!running) void run();
    return one.promise;
  };
  /** One request at a time finds out whether the database is back; the others need not wait for it. */
  const isAway = (): boolean =>
    failingSinceMs !== undefined && (running || timer.nowMs() - failedAtMs < limits.retryMs);
  const told = (found: Known<Row> | undefined, maxMs: number): Told<Row> =>
    found !== undefined && timer.nowMs() - found.atMs < maxMs
      ? { outcome: 'told', row: found.row }
      : { outcome: 'away' };

  const askAndWait = async (id: string): Promise<Told<Row>> => told((await ask(id)) ?? known.get(id), limits.staleMs);

  return {
    get: (id) => {
      const found = known.get(id);
      const here = told(found, failingSinceMs === undefined ? limits.freshMs : limits.staleMs);
      if (here.outcome === 'away') return isAway() ? here : askAndWait(id);
      // Asked for ahead, so that whoever comes all the time never waits.
      if (found !== undefined && timer.nowMs() - found.atMs >= limits.freshMs / 2 && !isAway()) void ask(id);
      hits += 1;
      return here;
    },
    forget: (changed) => {
      overtaken = true;
      known.forget(changed);
    },
    sums: {
      remembered: known.size,
      hits: () => hits,
      reads: () => reads,
      failingForMs: () => (failingSinceMs === undefined ? 0 : timer.nowMs() - failingSinceMs),
    },
  };
};
