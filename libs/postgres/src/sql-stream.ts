/** The `SqlStream` port over a connection, and with the values of the `Sql` port. */
import type { SqlStream } from '@plenum/read-model';
import type pg from 'pg';
import { cursor } from './snapshot/cursor.ts';
import { sqlTypes } from './sql-types.ts';
import { translateError } from './translate-error.ts';

const types = sqlTypes();

/** Over a connection in a transaction. @throws TransientFailure or Poison where the error is one. */
export const sqlStreamOf = (client: pg.ClientBase): SqlStream => {
  let opened = 0;
  return async function* <R>(text: string, parameters: readonly unknown[] = []) {
    opened += 1;
    try {
      yield* cursor<R>(client, { name: `stream_${opened}`, text, values: parameters, types });
    } catch (error) {
      throw translateError(error);
    }
  };
};
