/**
 * A process that is killed is not waited for: the server closes its connection, and its partitions go to those that are there.
 * In these tests the time of its session is over in an hour, so nobody gets them by waiting for that.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { testDatabase } from '../testing/index.ts';
import { assignedTo, type MemberProcess, startMemberProcess } from './testing/started-member.ts';
import { openTestLog } from './testing/test-log.ts';

const timeout = 120_000;

/** Frozen first, so that no heartbeat of it can shorten the hour. */
const killInItsHour = async (pool: pg.Pool, { child, exited }: MemberProcess, session: number): Promise<void> => {
  child.kill('SIGSTOP');
  await prolong(pool, session);
  child.kill('SIGKILL');
  await exited;
};

const prolong = async (pool: pg.Pool, session: number): Promise<void> => {
  const { rowCount } = await pool.query(
    "update plenum_log.log_session set expires_at = clock_timestamp() + interval '1 hour' where id = $1",
    [session],
  );
  assert.equal(rowCount, 1, 'it had not expired');
};

const sessionsOf = async (pool: pg.Pool): Promise<readonly number[]> => {
  const { rows } = await pool.query<{ id: number }>('select id from plenum_log.log_session order by id');
  return rows.map(({ id }) => id);
};

const prepare = async (t: Parameters<typeof testDatabase>[0]) => {
  const { url, pool } = await testDatabase(t);
  await openTestLog(t, url);
  await pool.query('create table checkpoint as select part, 0::bigint as next from generate_series(0, 3) part');
  return { url, pool };
};

test('a process that starts where one was killed takes its partitions at once', { timeout }, async (t) => {
  const { url, pool } = await prepare(t);
  const killed = startMemberProcess(t, url, 'killed');
  await killed.until(() => assignedTo(killed.lines).size === 4);
  const [session = 0] = await sessionsOf(pool);
  await killInItsHour(pool, killed, session);
  const next = startMemberProcess(t, url, 'killed');
  await next.until(() => assignedTo(next.lines).size === 4);
  assert.equal((await sessionsOf(pool)).includes(session), false, 'it was ended, with most of its hour left');
});

test('a process that was there all the time takes them, too', { timeout }, async (t) => {
  const { url, pool } = await prepare(t);
  const killed = startMemberProcess(t, url, 'killed');
  await killed.until(() => assignedTo(killed.lines).size === 4);
  const [session = 0] = await sessionsOf(pool);
  const other = startMemberProcess(t, url, 'killed');
  await other.until(() => assignedTo(other.lines).size === 2);
  await killInItsHour(pool, killed, session);
  await other.until(() => assignedTo(other.lines).size === 4);
  assert.equal((await sessionsOf(pool)).includes(session), false, 'it was ended, with most of its hour left');
});
