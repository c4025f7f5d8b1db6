/** Reads of the authorization tables: one at a time, each for everybody who waits by then, and given up when it takes too long. */
import { beforeDeadline } from '../deadline.ts';
import { TransientFailure } from '../errors.ts';
import type { AuthorizationCacheParts, Known } from './authorization-limits.ts';

export type AuthorizationQueries<Row> = {
  /** What is there now; `undefined` when it could not be asked. Never rejects. */
  ask(id: string): Promise<Known<Row> | undefined>;
  /** Something changed: what is being asked is for those who wait already, and for nobody after them. */
  overtake(): void;
  /** The last question failed. */
  isFailing(): boolean;
  /** It is no use to wait: somebody else is finding out whether the tables are back, or has just found that they are not. */
  isAway(): boolean;
  reads(): number;
  failingForMs(): number;
};

export type AuthorizationQueriesParts<Row> = AuthorizationCacheParts<Row> & {
  /** Answer of every answer that still holds. */
  readonly learned: (id: string, found: Known<Row>) => void;
};

/** `undefined`: it could not be asked. */
type Waiting<Row> = PromiseWithResolvers<Known<Row> | undefined>;

export const authorizationQueries = <Row>(parts: AuthorizationQueriesParts<Row>): AuthorizationQueries<Row> => {
  const { read, timer, limits, learned } = parts;
  const waiting = new Map<string, Waiting<Row>>();
  const absence = absenceNotes(parts);
  let asked: ReadonlyMap<string, Waiting<Row>> = new Map();
  let overtaken = false;
  let running = false;
  let reads = 0;

  const turn = async (): Promise<void> => {
    asked = new Map([...waiting].slice(0, limits.batchMax));
    for (const id of asked.keys()) waiting.delete(id);
    overtaken = false;
    // It may have been so at any moment from now on.
    const atMs = timer.nowMs();
    try {
      reads += 1;
      const rows = await beforeDeadline(read([...asked.keys()]), limits.answerMs, timer);
      absence.noteAnswer();
      for (const [id, { resolve }] of asked) {
        const found = { row: rows.get(id), atMs };
        if (!overtaken) learned(id, found);
        resolve(found);
      }
    } catch (error) {
      absence.noteFailure(error);
      for (const { resolve } of asked.values()) resolve(undefined);
    }
    asked = new Map();
  };
  const run = async (): Promise<void> => {
    running = true;
    // All that come in the same turn of the event loop is asked for together.
    await Promise.resolve();
    while (waiting.size > 0) await turn();
    running = false;
  };
  return {
    ask: (id) => {
      const joined = (overtaken ? undefined : asked.get(id)) ?? waiting.get(id);
      if (joined !== undefined) return joined.promise;
      if (waiting.size >= limits.waitingMax) return Promise.resolve(undefined);
      const one: Waiting<Row> = Promise.withResolvers();
      waiting.set(id, one);
      // It settles by itself: everything that can go wrong in a turn is an answer to those who wait for it.
      if (!running) void run();
      return one.promise;
    },
    overtake: () => {
      overtaken = true;
    },
    isFailing: () => absence.sinceMs() !== undefined,
    isAway: () => absence.sinceMs() !== undefined && (running || absence.isRecent()),
    reads: () => reads,
    failingForMs: () => {
      const sinceMs = absence.sinceMs();
      return sinceMs === undefined ? 0 : timer.nowMs() - sinceMs;
    },
  };
};

/** Since when nobody answers, said aloud once when it begins and once when it ends. */
const absenceNotes = ({
  logger,
  timer,
  limits,
}: Pick<AuthorizationCacheParts<never>, 'logger' | 'timer' | 'limits'>) => {
  let sinceMs: number | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    sinceMs: () => sinceMs,
    isRecent: () => timer.nowMs() - lastMs < limits.retryMs,
    noteAnswer: () => {
      if (sinceMs !== undefined) logger.info({}, 'the authorization tables answer again');
      sinceMs = undefined;
    },
    noteFailure: (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof TransientFailure)) logger.error({ reason }, 'reading the authorization tables failed');
      else if (sinceMs === undefined)
        logger.warn({ code: error.code, reason }, 'the authorization tables do not answer');
      lastMs = timer.nowMs();
      sinceMs ??= lastMs;
    },
  };
};
