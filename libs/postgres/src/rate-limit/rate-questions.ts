/** The questions of a rate limiter as Postgres is asked them: many identities in one statement. */
import { bucketLifeS } from '@plenum/runtime';
import type pg from 'pg';
import { type HeldConnection, holdConnection } from '../log/held-connection.ts';
import { migrate } from '../log/migrate-log.ts';
import type { Granted } from './account.ts';
import { rateLimitSchema, rateLimitSteps } from './schema.ts';

export type RateQuestion = {
  readonly identity: string;
  readonly limit: number;
  readonly waiting: number;
  readonly share: number;
  /** What is given back of what counted in a second. */
  readonly back: { readonly second: number; readonly requests: number };
};

export type RateQuestions = {
  /** One answer per question, in their order. @throws TransientFailure */
  ask(questions: readonly RateQuestion[]): Promise<readonly Granted[]>;
  /** Removes what counts no longer. @throws TransientFailure */
  purge(): Promise<void>;
  close(): Promise<void>;
};

/** By the database's clock, or by another, in seconds since 1970, that a test turns. @throws TransientFailure */
export const rateQuestions = async (pool: pg.Pool, nowS?: () => number): Promise<RateQuestions> => {
  await migrate({ pool, schema: rateLimitSchema }, { versions: 'rate_limit_version', steps: rateLimitSteps });
  const connection: HeldConnection = holdConnection(pool);
  return {
    ask: async (questions) => {
      const values = [
        questions.map(({ identity }) => identity),
        questions.map(({ limit }) => limit),
        questions.map(({ waiting }) => waiting),
        questions.map(({ share }) => share),
        questions.map(({ back }) => back.second),
        questions.map(({ back }) => back.requests),
        nowS?.() ?? null,
      ];
      const rows = await connection.query<GrantedRow>({ name: 'take_requests', text: takeQuery, values }, answerMsMax);
      return rows.map(grantedOf);
    },
    purge: async () => {
      const values = [bucketLifeS, nowS?.() ?? null];
      await connection.query({ name: 'purge_requests', text: purgeQuery, values }, answerMsMax);
    },
    close: connection.close,
  };
};

/** What is not answered by then will not be; the connection is given up and the question asked on another. */
const answerMsMax = 2_000;

type GrantedRow = {
  readonly granted: number;
  readonly shared: number;
  readonly at_second: number;
  readonly bucket_seconds: readonly number[];
  readonly bucket_requests: readonly number[];
};

const takeQuery = `
  select granted, shared, at_second, bucket_seconds, bucket_requests
  from ${rateLimitSchema}.take_requests($1, $2, $3, $4, $5, $6, $7) order by place`;

const purgeQuery = `
  delete from ${rateLimitSchema}.rate_limits
  where second + $1 <= floor(coalesce($2::float8, extract(epoch from clock_timestamp())))`;

const grantedOf = (row: GrantedRow): Granted => ({
  granted: row.granted,
  shared: row.shared,
  atS: row.at_second,
  buckets: row.bucket_seconds.map((second, index) => ({ second, requests: row.bucket_requests[index] ?? 0 })),
});
