/**
 * Statements that are one transaction and one packet. The driver sends Sync, at which a transaction without BEGIN ends, after each
 * statement; here it is sent once, after the last. So there is one way to and fro instead of three, each of which wakes both sides,
 * and what the first ones lock is locked for no longer than the server works.
 */
import type { Socket } from 'node:net';
import { TransientFailure } from '@plenum/runtime';
import pg from 'pg';
import { translateError } from '../translate-error.ts';

/** What the driver's types do not show of a connection. */
type Connection = {
  readonly stream: Pick<Socket, 'cork' | 'uncork' | 'destroy'>;
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  sync(): void;
};

/** What they do not show of a query: the driver calls these as messages come. */
type Query = {
  readonly name?: string;
  readonly text: string;
  submit(connection: Connection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
};

/**
 * Their results, when all of it is committed. Each sees what those before it have written, and what others had committed when it began.
 * @throws when one failed, as it did: nothing of any is done. TransientFailure: whether it was done is unknown.
 */
export const inOneTrip = async (
  pool: pg.Pool,
  statements: readonly (pg.QueryConfig | pg.QueryArrayConfig)[],
): Promise<readonly pg.QueryResult[]> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  const trip = new Trip(statements);
  let isLost = false;
  // A connection that is lost reports itself here, too; unheard, it would end the process.
  const noteLoss = (): void => {
    isLost = true;
  };
  client.on('error', noteLoss);
  try {
    client.query(trip as unknown as pg.Submittable);
    return await trip.results;
  } catch (error) {
    const failed = translateError(error);
    // A server that stops says so before it closes the connection.
    isLost ||= failed instanceof TransientFailure;
    throw failed;
  } finally {
    client.removeListener('error', noteLoss);
    client.release(isLost || trip.leavesUnknown);
  }
};

/** To the driver it is one query. Of the statements in it each reads its own answer. */
class Trip {
  readonly results: Promise<readonly pg.QueryResult[]>;
  /** Whether the server may know a statement by its name, or may not. Then the connection is good for nothing more. */
  leavesUnknown = false;
  /** Called by the driver, which sets one where there is none. */
  readonly callback: (error: Error | null) => void;

  readonly #queries: readonly Query[];
  readonly #results: pg.QueryResult[] = [];
  /** Whose names the server has not been heard to know. */
  readonly #unknown = new Set<Query>();
  #answered = 0;
  #error: Error | undefined;

  constructor(statements: readonly (pg.QueryConfig | pg.QueryArrayConfig)[]) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly pg.QueryResult[]>();
    this.results = promise;
    this.callback = (error) => (error === null ? resolve(this.#results) : reject(error));
    this.#queries = statements.map((statement) => {
      const came = (error: Error | null, result: pg.QueryResult): void => {
        if (error === null) this.#results.push(result);
        else this.#error ??= error; // It could not read a row of its answer.
      };
      // One without values would go as a message that is a transaction of its own.
      const extended = { ...statement, queryMode: 'extended' };
      return new pg.Query(extended as never, undefined, came as never) as unknown as Query; // As just said.
    });
  }

  submit(connection: Connection): Error | null {
    const unsynced: Connection = Object.create(connection, { sync: { value: () => undefined } });
    connection.stream.cork();
    for (const query of this.#queries) {
      if (query.name !== undefined && connection.parsedStatements[query.name] === undefined) this.#unknown.add(query);
      const failed = query.submit(unsynced);
      this.#error ??= failed ?? undefined;
    }
    if (this.#error !== undefined) {
      // What is written already must not be done without the rest, and Sync would do it.
      this.leavesUnknown = true;
      connection.stream.destroy();
      return this.#error;
    }
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.#queries[this.#answered]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#queries[this.#answered]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    const query = this.#queries[this.#answered];
    if (query === undefined) return;
    query.handleCommandComplete(message, connection);
    this.#answered += 1;
    if (query.name === undefined || !this.#unknown.delete(query)) return;
    connection.parsedStatements[query.name] = query.text;
    delete connection.submittedNamedStatements[query.name];
  }

  /** By the server, and then nothing is done; or because the connection is lost, and then nobody knows. */
  handleError(error: Error): void {
    this.leavesUnknown ||= this.#unknown.size > 0;
    this.callback(error);
  }

  /** It is committed. */
  handleReadyForQuery(connection: Connection): void {
    for (const query of this.#queries) query.handleReadyForQuery(connection);
    this.callback(this.#error ?? null);
  }
}
