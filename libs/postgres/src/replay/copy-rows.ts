/**
 * Rows into a table by COPY, as text. It shares nothing with how the projector writes rows, so that a mistake there
 * cannot hide itself here.
 */
import { finished } from 'node:stream/promises';
import { formatTimeUs } from '@plenum/event';
import { type Box, boxOf } from '@plenum/geometry';
import type { Value } from '@plenum/read-model';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { StoredType } from '../statements/array-parameter.ts';

/** A column of what is copied. */
export type CopiedColumn = { readonly name: string; readonly type: StoredType };

/** `rows` have their values in the columns' order. `target` and the columns' names are SQL already. */
export const copyRows = async (
  client: pg.ClientBase,
  { target, columns }: { readonly target: string; readonly columns: readonly CopiedColumn[] },
  rows: readonly (readonly Value[])[],
): Promise<void> => {
  const names = columns.map(({ name }) => name).join(', ');
  const stream = client.query(copyFrom(`copy ${target} (${names}) from stdin`));
  let text = '';
  for (const row of rows) {
    for (const [index, { type }] of columns.entries()) {
      text += `${index === 0 ? '' : '\t'}${copyText(type, row[index])}`;
    }
    text += '\n';
  }
  stream.end(text);
  await finished(stream);
};

/** A value in COPY's text format. */
export const copyText = (type: StoredType, value: Value): string => {
  if (value === undefined) return '\\N';
  switch (type) {
    case 'timestamptz':
      return formatTimeUs(Number(value));
    case 'bytea':
    case 'personal':
    case 'geometry':
      // The backslash of PostgreSQL's hex form is itself one that COPY reads.
      return `\\\\x${Buffer.from(value as Uint8Array).toString('hex')}`; // The value of such a column is bytes.
    case 'box':
      return boxText(boxOf(value as Uint8Array)); // It is made of its geometry's value.
    case 'text':
    case 'jsonb':
      return escaped(String(value));
    default:
      return String(value);
  }
};

const boxText = ({ west, south, east, north }: Box): string => `(${east},${north}),(${west},${south})`;

const special = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escaped = (text: string): string => text.replace(special, (character) => escapes[character] ?? character);
