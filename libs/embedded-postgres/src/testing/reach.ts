/** How tests of the supervisor speak to the server and its process. */
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import pg from 'pg';

/** Ended after the test. */
export const poolAt = (t: TestContext, url: string): pg.Pool => {
  const pool = new pg.Pool({ connectionString: url, application_name: 'test', max: 2 });
  // A server that dies notifies idle connections, and nobody else would hear it.
  pool.on('error', () => undefined);
  t.after(() => pool.end());
  return pool;
};

/** Settles when the server answers; the test's own time is the bound. */
export const untilUp = async (t: TestContext, pool: pg.Pool): Promise<void> => {
  for (;;) {
    t.signal.throwIfAborted();
    try {
      await pool.query('select 1');
      return;
    } catch {
      // It is on its way up.
    }
  }
};

/** The column `answer` of the first row. */
export const ask = async (url: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url, application_name: 'test' });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows[0]?.answer;
};

/** Whether the process runs; a zombie does not. */
export const isAlive = (pid: number): boolean => {
  try {
    // A zombie keeps its number, and has no command line.
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
