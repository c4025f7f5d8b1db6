/**
 * What the authorization tables answered, for as long as it may be believed. Answers are at most half a second old
 * while the database answers; while it does not, what is known goes on for a few seconds, and then the answer is
 * unavailable. That there is no such thing is remembered too, apart from the rest, so that strangers push out nobody.
 *
 * One question at a time, for everybody who waits: whatever strangers invent, they cost the database one connection.
 */
import type { AuthorizationCacheParts, Known } from './authorization-limits.ts';
import { authorizationQueries } from './authorization-queries.ts';
import { rememberedRows } from './remembered-rows.ts';

export type AuthorizationCache<Row> = {
  /** The row of an id, or that there is none, or that neither is known. At once where it is known. */
  get(id: string): RowAnswer<Row> | Promise<RowAnswer<Row>>;
  /** Drops the rows for which this holds, and all that was thought not to be there. What is being asked is not kept. */
  forget(changed: (row: Row) => boolean): void;
  readonly counters: CacheCounters;
};

export type RowAnswer<Row> =
  | { readonly outcome: 'answered'; readonly row: Row | undefined }
  | { readonly outcome: 'away' };

export type CacheCounters = {
  remembered(): number;
  hits(): number;
  reads(): number;
  /** How long questions have failed for; 0 unless the last one did. */
  failingForMs(): number;
};

export const authorizationCache = <Row>(parts: AuthorizationCacheParts<Row>): AuthorizationCache<Row> => {
  const { timer, limits } = parts;
  const known = rememberedRows<Row>(limits);
  const questions = authorizationQueries<Row>({ ...parts, learned: known.put });
  let hits = 0;

  const answer = (found: Known<Row> | undefined, maxMs: number): RowAnswer<Row> =>
    found !== undefined && timer.nowMs() - found.atMs < maxMs
      ? { outcome: 'answered', row: found.row }
      : { outcome: 'away' };
  /** What is believed unasked: old rows only while nobody answers, and not because too many ask. */
  const remembered = (id: string): RowAnswer<Row> =>
    answer(known.get(id), questions.isFailing() ? limits.staleMs : limits.freshMs);
  const askAndWait = async (id: string): Promise<RowAnswer<Row>> => {
    const answer = await questions.ask(id);
    return answer === undefined ? remembered(id) : { outcome: 'answered', row: answer.row };
  };

  return {
    get: (id) => {
      const found = known.get(id);
      const here = remembered(id);
      if (here.outcome === 'away') return questions.isAway() ? here : askAndWait(id);
      const isAgeing = found !== undefined && timer.nowMs() - found.atMs >= limits.freshMs / 2;
      // Asked for ahead, so that who comes all the time never waits; the answer is for the next.
      if (isAgeing && !questions.isAway()) void questions.ask(id);
      hits += 1;
      return here;
    },
    forget: (changed) => {
      questions.overtake();
      known.forget(changed);
    },
    counters: {
      remembered: known.size,
      hits: () => hits,
      reads: questions.reads,
      failingForMs: questions.failingForMs,
    },
  };
};
