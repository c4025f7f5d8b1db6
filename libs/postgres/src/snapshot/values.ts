/** Rows as their values, in the types that columns have here. */
import type { ExportRow } from '@plenum/runtime';
import pg from 'pg';
import { jsonTypes } from '../sql-types.ts';
import { translateError } from '../translate-error.ts';
import { cursor } from './cursor.ts';

/** @see Snapshot.values. `name` is of the cursor. @throws TransientFailure or Poison where the error is one. */
export async function* readValues(
  client: pg.ClientBase,
  { name, text, parameters }: { readonly name: string; readonly text: string; readonly parameters: readonly unknown[] },
): AsyncGenerator<readonly ExportRow[], void> {
  try {
    const rows = cursor<(ExportRow[number] | null)[]>(client, {
      name,
      text,
      values: parameters,
      rowMode: 'array',
      types,
    });
    for await (const batch of rows) {
      for (const row of batch) {
        for (let index = 0; index < row.length; index += 1) if (row[index] === null) row[index] = undefined;
      }
      yield batch as readonly ExportRow[]; // As the line above has left them.
    }
  } catch (error) {
    throw translateError(error);
  }
}

/** Microseconds of `2026-03-04 09:15:02.1182+00`. Our own tables hold no year outside of 1 to 9999, and our sessions are in UTC. */
const microsOf = (text: string): number => {
  const part = (from: number, to: number): number => Number(text.slice(from, to));
  const seconds = Date.UTC(part(0, 4), part(5, 7) - 1, part(8, 10), part(11, 13), part(14, 16), part(17, 19));
  // Two digits of a year are taken for one of the last century.
  const ms = part(0, 4) < 100 ? new Date(seconds).setUTCFullYear(part(0, 4)) : seconds;
  return ms * 1_000 + Number(text.slice(20, -3).padEnd(6, '0'));
};

const { builtins } = pg.types;

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [builtins.TIMESTAMPTZ, microsOf],
  [builtins.INT8, BigInt],
  [builtins.INT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.BOOL, (text) => text === 't'],
]);

const asItIs = (text: string): string => text;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) =>
    jsonTypes.has(oid) ? asItIs : (parsers.get(oid) ?? asItIs)) as pg.CustomTypesConfig['getTypeParser'], // Its overloads name the types of single parsers.
};
