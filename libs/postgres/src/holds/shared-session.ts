/** One connection that several use at once, taken from a pool for as long as anybody does. */
import type pg from 'pg';

export type Session = {
  readonly client: pg.ClientBase;
  /** The last one gives the connection back. */
  leave(): void;
  /** Closes the connection for all: what the server knew of it is gone. */
  abandon(): void;
};

export type SharedSession = {
  enter(): Promise<Session>;
  /** Closes the connection, if there is one. */
  abandon(): void;
};

type Opened = { users: number; readonly connecting: Promise<pg.PoolClient>; end: (broken: boolean) => void };

/** `prepare` runs once on each connection. Rejects as the pool does. */
export const sharedSession = (pool: pg.Pool, prepare: (client: pg.ClientBase) => Promise<void>): SharedSession => {
  let current: Opened | undefined;

  const connect = async (opened: Opened): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    let ended = false;
    const lost = (): void => opened.end(true);
    opened.end = (broken) => {
      if (ended) return;
      ended = true;
      if (current === opened) current = undefined;
      client.removeListener('error', lost);
      // Unheard, what a closing connection still has to say would end the process.
      if (broken) client.on('error', () => undefined);
      client.release(broken);
    };
    // A connection that is lost while nobody asks anything says so only here.
    client.on('error', lost);
    try {
      await prepare(client);
    } catch (error) {
      opened.end(true);
      throw error;
    }
    return client;
  };
  const open = (): Opened => {
    const gone = (): void => {
      if (current === opened) current = undefined;
    };
    const { promise: connecting, resolve } = Promise.withResolvers<pg.PoolClient>();
    const opened: Opened = { users: 0, connecting, end: gone };
    resolve(connect(opened));
    connecting.catch(gone);
    return opened;
  };

  return {
    abandon: () => current?.end(true),
    enter: async () => {
      const opened = (current ??= open());
      opened.users += 1;
      const client = await opened.connecting;
      return {
        client,
        leave: () => {
          opened.users -= 1;
          if (opened.users === 0) opened.end(false);
        },
        abandon: () => opened.end(true),
      };
    },
  };
};
