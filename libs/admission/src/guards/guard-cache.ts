/**
 * What doors were told by the guard tables, for as long as it may be believed. Answers are at most half a second old
 * while the database answers; while it does not, what is known goes on for a few seconds, and then nobody can tell. That
 * there is no such thing is remembered too, apart from the rest, so that strangers push out nobody.
 *
 * One question at a time, for everybody who waits: whatever strangers invent, they cost the database one connection.
 */
import type { Logger, Timer } from '@plenum/runtime';
import { guardQuestions } from './guard-questions.ts';
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

export const guardCache = <Row>(parts: GuardCacheParts<Row>): GuardCache<Row> => {
  const { timer, limits } = parts;
  const known = rememberedRows<Row>(limits);
  const questions = guardQuestions<Row>({ ...parts, learned: known.put });
  let hits = 0;

  const told = (found: Known<Row> | undefined, maxMs: number): Told<Row> =>
    found !== undefined && timer.nowMs() - found.atMs < maxMs
      ? { outcome: 'told', row: found.row }
      : { outcome: 'away' };
  /** What is believed unasked: old rows only while nobody answers, and not because too many ask. */
  const remembered = (id: string): Told<Row> =>
    told(known.get(id), questions.isFailing() ? limits.staleMs : limits.freshMs);
  const askAndWait = async (id: string): Promise<Told<Row>> => {
    const answer = await questions.ask(id);
    return answer === undefined ? remembered(id) : { outcome: 'told', row: answer.row };
  };

  return {
    get: (id) => {
      const found = known.get(id);
      const here = remembered(id);
      if (here.outcome === 'away') return questions.isAway() ? here : askAndWait(id);
      const isAgeing = found !== undefined && timer.nowMs() - found.atMs >= limits.freshMs / 2;
      // Asked for ahead, so that whoever comes all the time never waits; the answer is for the next.
      if (isAgeing && !questions.isAway()) void questions.ask(id);
      hits += 1;
      return here;
    },
    forget: (changed) => {
      questions.overtake();
      known.forget(changed);
    },
    sums: { remembered: known.size, hits: () => hits, reads: questions.reads, failingForMs: questions.failingForMs },
  };
};
