import type pg from 'pg';
import { translateError } from '../translate-error.ts';

export type SnapshotSettings = {
  /** `with temporary tables` is refused nothing, and rolled back all the same. */
  readonly access: 'read only' | 'with temporary tables';
  readonly stop?: AbortSignal;
};

/**
 * Runs `work` on a connection of its own, in one REPEATABLE READ transaction that is rolled back. What it sees stands still from
 * its first query on (locks before that are taken at what is there then), however long it takes.
 * @throws TransientFailure or Poison where the error is one; the reason of `stop`, which ends the connection at once, and
 *   with it a statement that runs.
 */
export const inSnapshot = async <T>(
  pool: pg.Pool,
  { access, stop }: SnapshotSettings,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  stop?.throwIfAborted();
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  // A connection lost between two queries reports itself only here; the next query fails and says why.
  const noteLoss = (): void => undefined;
  client.on('error', noteLoss);
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    // Ending the connection rolls back, frees temporary tables, and cannot fail.
    client.release(true);
  };
  stop?.addEventListener('abort', release, { once: true });
  try {
    stop?.throwIfAborted();
    await client.query(`begin isolation level repeatable read ${access === 'read only' ? 'read only' : ''}`);
    await client.query(settings);
    const result = await work(client);
    stop?.throwIfAborted();
    return result;
  } catch (error) {
    stop?.throwIfAborted();
    throw translateError(error);
  } finally {
    stop?.removeEventListener('abort', release);
    release();
    client.removeListener('error', noteLoss);
  }
};

/**
 * Sorts and joins of a whole ledger are ordinary here, and so is a long silence while the log is read or a client is slow. What
 * a cursor selects is read to its end. A server that works for a connection that has ended notices it within a second.
 */
const settings = `set local work_mem = '32MB'; set local temp_buffers = '32MB'; set local timezone = 'UTC';
set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0;
set local cursor_tuple_fraction = 1; set local client_connection_check_interval = '1s'`;
