import type pg from 'pg';
import { translateError } from '../translate-error.ts';

/**
 * One of the pool's connections, kept for one purpose so that it never waits behind others. It is taken when it is
 * first needed, thrown away when it fails or does not answer, and taken anew by the next query.
 */
export type HeldConnection<S = void> = {
  /**
   * One query at a time, in the order asked for; `timeoutMs` counts from when it is sent. A function is given what
   * `onOpen` made of the connection that is asked.
   * @throws TransientFailure when there is no connection or no answer in time; the outcome is then unknown.
   */
  query<R>(config: pg.QueryConfig | ((opened: S) => pg.QueryConfig), timeoutMs: number): Promise<readonly R[]>;
  /** Throws the connection away, if there is one. */
  drop(): void;
  /** Lets go of the connection when what was asked for is answered. */
  close(): Promise<void>;
};

/** For what `onOpen` asks; how long connecting may take is the pool's to say. */
const openMsMax = 5_000;

type Opened<S> = { readonly client: pg.PoolClient; readonly made: S; drop(): void };

/**
 * `onOpen` runs on every new connection before anything else does: LISTEN, for instance. `lost` aborts as soon as this
 * process knows that the connection is no more.
 */
export const holdConnection = <S = void>(
  pool: pg.Pool,
  onOpen?: (client: pg.PoolClient, lost: AbortSignal) => Promise<S>,
): HeldConnection<S> => {
  let opening: Promise<Opened<S>> | undefined;
  let dropCurrent = (): void => undefined;

  const open = async (): Promise<Opened<S>> => {
    const client = await pool.connect();
    const lost = new AbortController();
    const drop = (): void => {
      if (lost.signal.aborted) return;
      opening = undefined;
      client.removeAllListeners('notification');
      client.release(true);
      lost.abort();
    };
    dropCurrent = drop;
    // Stays on after the drop: a socket may report its loss more than once, and unheard that ends the process.
    client.on('error', drop);
    const timer = setTimeout(drop, openMsMax);
    try {
      const made = (await onOpen?.(client, lost.signal)) as S; // Without `onOpen` nobody names an S.
      return { client, made, drop };
    } catch (error) {
      drop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  const ask = async <R>(
    config: pg.QueryConfig | ((opened: S) => pg.QueryConfig),
    timeoutMs: number,
  ): Promise<readonly R[]> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw translateError(error);
    });
    const opened = await opening;
    // Dropping a connection that is waiting for an answer rejects the query.
    const timer = setTimeout(opened.drop, timeoutMs);
    try {
      const result = await opened.client.query(typeof config === 'function' ? config(opened.made) : config);
      return result.rows as R[]; // The caller names the columns it selected.
    } catch (error) {
      // Whatever the server said with a code of its own, it said on a connection that works.
      if (!(error instanceof Error && 'severity' in error && error.severity === 'ERROR')) opened.drop();
      throw translateError(error);
    } finally {
      clearTimeout(timer);
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    query<R>(config: pg.QueryConfig | ((opened: S) => pg.QueryConfig), timeoutMs: number): Promise<readonly R[]> {
      const asked = last.then(() => ask<R>(config, timeoutMs));
      last = asked.catch(() => undefined);
      return asked;
    },
    drop: () => dropCurrent(),
    async close() {
      await last;
      const opened = await opening?.catch(() => undefined);
      opened?.drop();
    },
  };
};
