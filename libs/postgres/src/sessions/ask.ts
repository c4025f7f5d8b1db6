/** Statements of one transaction, with columns of values as parameters. */
import { createHash } from 'node:crypto';
import type { Value } from '@plenum/read-model';
import type pg from 'pg';
import { arrayParameter, type StoredType } from '../statements/array-parameter.ts';
import { prepared } from '../statements/prepared.ts';

/** Rows as arrays, in the order of the selected columns. */
export type Ask = <R extends readonly unknown[]>(text: string, values: readonly unknown[]) => Promise<readonly R[]>;

export const askOf =
  (client: Pick<pg.ClientBase, 'query'>): Ask =>
  async <R extends readonly unknown[]>(text: string, values: readonly unknown[]) => {
    const { rows } = await client.query(prepared(text, [...values]));
    return rows as unknown as readonly R[]; // The caller names the columns it selects.
  };

/** One column of many rows, for `unnest`. */
export const column = <T>(type: StoredType, rows: readonly T[], value: (row: T) => Value): Buffer =>
  arrayParameter(type, rows.map(value));

/** Whole numbers of 64 bits. */
export const wholes = <T>(rows: readonly T[], value: (row: T) => number): Buffer =>
  column('bigint', rows, (row) => BigInt(value(row)));

/** Bytes are sent as a Buffer: of anything else the driver makes JSON. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 16);
