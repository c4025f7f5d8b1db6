/** Presence by advisory locks: a process holds the lock of its mark on a connection, which ends with the process. */
import { randomInt } from 'node:crypto';
import { backOff, type Logger, type Presence, retryUntilStopped } from '@plenum/runtime';
import type pg from 'pg';
import { holdConnection } from '../log/held-connection.ts';
import { setKeepalives } from '../pool.ts';

export type PostgresPresence = Presence & {
  /** Ends the presence. */
  close(): Promise<void>;
};

export type PostgresPresenceParts = {
  /** One connection of it is kept. */
  readonly pool: pg.Pool;
  readonly logger: Logger;
};

/** Any number that nobody else uses: the first half of the locks of marks. */
const presenceLock = 708_196_205;
const marksMax = 2 ** 31 - 1;
const answerMsMax = 5_000;

/** Settles when this process is present. @throws TransientFailure when the database is away. */
export const postgresPresence = async ({ pool, logger }: PostgresPresenceParts): Promise<PostgresPresence> => {
  const own = randomInt(marksMax);
  const closing = new AbortController();
  const connection = holdConnection(pool, async (client, lost) => {
    await client.query(setKeepalives);
    await client.query('select pg_advisory_lock($1, $2)', [presenceLock, own]);
    lost.addEventListener('abort', () => void comeBack(), { once: true });
  });
  const beThere = async (): Promise<void> => {
    await connection.query({ text: 'select 1' }, answerMsMax);
  };
  const comeBack = (): Promise<void> =>
    retryUntilStopped(beThere, {
      ...{ logger, waiting: 'the presence of this process cannot be shown', again: 'its presence is shown again' },
      ...{ wait: backOff(200, 2_000), stop: closing.signal, isRetried: () => true },
    });
  await beThere();
  return {
    mark: String(own),
    absent: async (marks) => {
      const numbers = marks.filter((mark) => /^\d{1,10}$/.test(mark) && Number(mark) <= marksMax).map(Number);
      const rows = await connection.query<{ mark: number }>({ text: absentQuery, values: [numbers] }, answerMsMax);
      return rows.map(({ mark }) => String(mark));
    },
    close: async () => {
      closing.abort();
      await connection.close();
    },
  };
};

const absentQuery = `
  select m.mark from unnest($1::int[]) m(mark)
   where not exists (
     select from pg_locks l
      where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = ${presenceLock} and l.objid = m.mark::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database()))`;
