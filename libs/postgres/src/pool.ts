import { Socket } from 'node:net';
import pg from 'pg';
import { RowClient } from './pages/row-splitter.ts';
import { translateError } from './translate-error.ts';

export type PoolSettings = {
  /** `postgres://…`; the `postgresql+asyncpg://` form of the replaced systems is taken too. */
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly connectionsMax: number;
  /**
   * A connection on which nothing came or went for this long is cut, and a caller that waits for an answer gets
   * TransientFailure. A timer for every query would do the same, but keeps what queries bring alive for longer: a page
   * took 40 % more CPU and the process 100 MB more memory.
   */
  readonly silentMaxMs?: number;
};

/** The URL as node-postgres reads it: SQLAlchemy's `+asyncpg` and `+psycopg2` say nothing to us. */
export const normaliseUrl = (url: string): string => url.replace(/^postgres(?:ql)?(?:\+\w+)?:\/\//, 'postgres://');

/** How times are written: as `sqlTypes` reads them, whatever the server or the user is set to. */
const session = '-c TimeZone=UTC -c DateStyle=ISO';

/** What the driver's types do not show of a client. */
type Driven = {
  readonly connectionParameters: { options?: string | undefined };
  readonly connection: { readonly stream: Socket };
  readonly pipeline?: boolean;
  query(...asked: unknown[]): unknown;
};

/**
 * Asks for that beside the options of the URL, or of PGOPTIONS where it has none; of what is given twice the last counts. What a
 * pipelined transaction asks for in one turn is sent as one packet, for each costs as much as the work for it.
 */
class SessionClient extends RowClient {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const driven = this as unknown as Driven;
    const { connectionParameters, connection } = driven;
    connectionParameters.options = [connectionParameters.options ?? '', session].join(' ');
    const query = driven.query.bind(this);
    let isHeld = false;
    const sendTurn = (): void => {
      isHeld = false;
      connection.stream.uncork();
    };
    driven.query = (...asked) => {
      if (driven.pipeline === true && !isHeld) {
        isHeld = true;
        connection.stream.cork();
        // After everything that goes on in this turn by itself.
        queueMicrotask(() => process.nextTick(sendTurn));
      }
      return query(...asked);
    };
  }
}

/**
 * What a process at rest asks every ten seconds finds its connection still there: to open one costs both sides as much as
 * thirty questions.
 */
const unusedMsMax = 30_000;

/** Opens no connection yet; each that it opens is in UTC. The caller ends the pool. */
export const openPool = ({ url, applicationName, connectionsMax, silentMaxMs }: PoolSettings): pg.Pool => {
  const pool = new pg.Pool({
    Client: SessionClient,
    connectionString: normaliseUrl(url),
    application_name: applicationName,
    max: connectionsMax,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: unusedMsMax,
    keepAlive: true,
    ...(silentMaxMs !== undefined && { stream: () => cutWhenSilent(silentMaxMs) }),
  });
  // Without a listener an idle connection that the server drops would end the process. The pool has already let go
  // of it, and the next query opens another or fails by itself.
  pool.on('error', () => undefined);
  // The same for one that the server drops with the answer that opens it: its caller can listen only afterwards.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/**
 * A process that is killed closes its connection. One whose machine is gone does not: the server has to find out by itself, and soon
 * where others wait for its locks.
 */
export const setKeepalives =
  'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2';

const cutWhenSilent = (silentMaxMs: number): Socket => {
  const socket = new Socket();
  socket.setTimeout(silentMaxMs, () => {
    socket.destroy(Object.assign(new Error(`The database was silent for ${silentMaxMs} ms`), { code: 'ETIMEDOUT' }));
  });
  return socket;
};

/**
 * Runs `work` between BEGIN and COMMIT on one connection; rolls back when it rejects.
 * @throws TransientFailure or Poison where the error is one. After TransientFailure at COMMIT the outcome is unknown.
 */
export const inTransaction = <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
  onConnection(pool, async (client) => {
    await client.query('begin');
    return work(client);
  });

/**
 * The same, and a statement is sent as soon as it is asked for, whether or not those before it have been answered. The server
 * takes them in order, and after one that fails refuses all others of the transaction. `work` is given the answer to BEGIN:
 * without it there is no transaction, so it has to be awaited before anything is sent that changes something.
 */
export const inPipelinedTransaction = <T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, begun: Promise<unknown>) => Promise<T>,
  begin = 'begin',
): Promise<T> =>
  onConnection(pool, async (client) => {
    // For this transaction alone: COPY, which the log's reader uses on the same pool, does not go together with it.
    Object.assign(client, { pipeline: true });
    const begun = client.query(begin);
    begun.catch(() => undefined); // Heard by the caller that awaits it, and by every statement after it.
    return work(client, begun);
  });

const onConnection = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  let broken = false;
  // A connection lost between two queries reports itself only here; unheard, it would end the process.
  const noteLoss = (): void => {
    broken = true;
  };
  client.on('error', noteLoss);
  try {
    const result = await work(client);
    // The server answers COMMIT without an error when a statement had failed that nobody waited for, and rolls back.
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`the server answered COMMIT with ${command}`);
    return result;
  } catch (error) {
    // A rollback that fails means the connection is gone, and the server rolls back for itself.
    await client.query('rollback').catch(noteLoss);
    throw translateError(error);
  } finally {
    client.removeListener('error', noteLoss);
    // Whatever was sent has been answered by now, or the connection is broken.
    Object.assign(client, { pipeline: false });
    client.release(broken);
  }
};

/** One query outside a transaction. @throws TransientFailure or Poison where the error is one. */
export const query = async <R>(
  pool: pg.Pool,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<readonly R[]> => {
  try {
    const result = await pool.query(text, [...parameters]);
    return result.rows as R[]; // The caller names the columns it selected.
  } catch (error) {
    throw translateError(error);
  }
};
