/** Where failed logins are counted: a table that every process shares. Each function is called in a transaction. */
import type { Sql } from '@plenum/read-model';
import { accessSchema } from '../authorization/tables.ts';
import { type Attempt, type Attempts, attempt, noAttempts, succeeded, undecided, windowUs } from './login-attempts.ts';

export type Attempted = {
  /** As `loginHash` makes it, whether there is such a login or not. */
  readonly loginHash: string;
  /** As `networkOf` makes it. */
  readonly network: string;
  readonly timeUs: number;
};

/** Whether a password may be looked at now; if so, the attempt counts as failed until `endAttempt` says otherwise. */
export const beginAttempt = async (sql: Sql, attempted: Attempted): Promise<Attempt> => {
  const attempts = await locked(sql, attempted);
  const answer = attempt(attempts, attempted.timeUs);
  if (answer.outcome === 'allowed') await save(sql, attempted, answer.attempts);
  return answer;
};

/** The password was right: takes the attempt back. `timeUs` is the one it began with. */
export const endAttempt = async (sql: Sql, attempted: Attempted): Promise<void> => {
  await save(sql, attempted, succeeded(await locked(sql, attempted), attempted.timeUs));
};

/** It is unknown whether the password was right: takes the attempt back, and no other. */
export const takeBackAttempt = async (sql: Sql, attempted: Attempted): Promise<void> => {
  await save(sql, attempted, undecided(await locked(sql, attempted), attempted.timeUs));
};

/** Deletes what no longer counts. */
export const purgeAttempts = async (sql: Sql, nowUs: number): Promise<void> => {
  await sql(`delete from ${accessSchema}.login_attempt where last_us < $1 and locked_until_us < $2`, [
    nowUs - windowUs,
    nowUs,
  ]);
};

type AttemptRow = {
  readonly network: string;
  readonly failures: number;
  readonly last_us: number;
  readonly recent_us: readonly number[];
  readonly locked_until_us: number;
};

/** No network is called this. */
const anywhere = '';

/** The row of the login as a whole comes first everywhere, so that attempts at one login wait for each other in a queue. */
const locked = async (sql: Sql, { loginHash, network }: Attempted): Promise<Attempts> => {
  const parameters = [loginHash, anywhere, network];
  await sql(
    `insert into ${accessSchema}.login_attempt (login_hash, network) values ($1, $2), ($1, $3) on conflict do nothing`,
    parameters,
  );
  const rows = await sql<AttemptRow>(
    `select network, failures, last_us::float8 as last_us, recent_us::float8[] as recent_us,
            locked_until_us::float8 as locked_until_us
       from ${accessSchema}.login_attempt where login_hash = $1 and network in ($2, $3) order by network for update`,
    parameters,
  );
  const here = rows.find((row) => row.network === network);
  const all = rows.find((row) => row.network === anywhere);
  return {
    here: here === undefined ? noAttempts.here : { failures: here.failures, lastUs: here.last_us },
    anywhere: all === undefined ? noAttempts.anywhere : { recentUs: all.recent_us, lockedUntilUs: all.locked_until_us },
  };
};

const save = async (sql: Sql, { loginHash, network, timeUs }: Attempted, attempts: Attempts): Promise<void> => {
  const { here, anywhere: all } = attempts;
  await sql(
    `update ${accessSchema}.login_attempt set recent_us = $3, locked_until_us = $4, last_us = $5
      where login_hash = $1 and network = $2`,
    [loginHash, anywhere, all.recentUs, all.lockedUntilUs, timeUs],
  );
  await sql(
    `update ${accessSchema}.login_attempt set failures = $3, last_us = $4 where login_hash = $1 and network = $2`,
    [loginHash, network, here.failures, here.lastUs],
  );
};
