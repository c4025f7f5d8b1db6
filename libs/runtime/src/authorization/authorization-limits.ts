/** What a cache over the authorization tables is made of, and how long it believes what it was answered. */
import type { Logger } from '../ports.ts';
import type { Timer } from '../timer.ts';

export type AuthorizationCacheParts<Row> = {
  /** The rows of these ids by id, those that there are. */
  readonly read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>;
  readonly logger: Logger;
  readonly timer: Timer;
  readonly limits: AuthorizationLimits;
};

export type AuthorizationLimits = {
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
  /** Ids that wait for the next question; any more are answered at once, as not known. */
  readonly waitingMax: number;
  /** Ids in one question. */
  readonly batchMax: number;
};

export const defaultAuthorizationLimits: AuthorizationLimits = {
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
