/** The `Sql` port over a pool or a connection. */
import type { Sql } from '@plenum/read-model';
import type pg from 'pg';
import { sqlTypes } from './sql-types.ts';
import { translateError } from './translate-error.ts';

const types = sqlTypes();

/** Over a connection: statements of one transaction. @throws TransientFailure or Poison where the error is one. */
export const sqlOf =
  (connection: Pick<pg.ClientBase | pg.Pool, 'query'>): Sql =>
  async <R>(text: string, parameters: readonly unknown[] = []) => {
    try {
      const { rows } = await connection.query({ text, values: [...parameters], types });
      return rows as R[]; // The author of the text names the columns it selects.
    } catch (error) {
      throw translateError(error);
    }
  };
