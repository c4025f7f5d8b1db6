/**
 * What a service that decides (such as authentication) has of the database that decisions are written in. The code that
 * opens it sees to it that every question ends in time, whatever the database does.
 */
import type { Sql } from '@plenum/read-model';

export type ServiceDatabase = {
  /** @throws TransientFailure or Poison where the error is one. */
  readonly sql: Sql;
  /** Commits when `work` has settled, and rolls back when it rejects. @throws as `sql` */
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Begins to listen, and goes on until it is closed: a connection that is lost is made anew. */
  listen(channel: ListenedChannel): Listening;
};

/** A notification is a hint: those that were sent while there was no connection are lost. */
export type ListenedChannel = {
  /** A plain name: it becomes part of a statement. */
  readonly channel: string;
  readonly hear: (payload: string) => void;
  /** The channel is listened to from now on; what came before, after a former call, may have been missed. */
  readonly begun: () => void;
};

export type Listening = {
  /** Lets go of the connection. */
  close(): Promise<void>;
};
