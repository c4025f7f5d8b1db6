/** Rows as their values, in memory by columns. */
import { batchOfRows, type ColumnBatch, type ExportColumn, type RowsQuery } from '@plenum/runtime';
import type pg from 'pg';
import { to } from 'pg-copy-streams';
import { translateError } from '../translate-error.ts';
import { binaryColumns } from './binary-columns.ts';
import { numberedQuery } from './numbered-query.ts';
import { rowsSelect } from './rows-select.ts';

/** The server sends a row at a time. Rows of so many bytes are read together, which is a batch. */
const batchBytes = 262_144;

/**
 * On a connection in a transaction, and the only thing that is asked of it meanwhile. The server goes on while a batch is
 * worked on, as far as the connection holds. @throws as `Snapshot` says.
 */
export async function* copyColumns(client: pg.ClientBase, query: RowsQuery): AsyncGenerator<ColumnBatch, void> {
  const { columns, from, withValues } = await numberedQuery(client, query, async (select, wanted) => {
    for await (const all of copied(client, select, wanted, Number.POSITIVE_INFINITY)) return all;
    return batchOfRows(wanted, []);
  });
  const select = rowsSelect(client, { ...query, columns }, { from });
  for await (const batch of copied(client, select, columns, batchBytes)) yield withValues(batch);
}

async function* copied(
  client: pg.ClientBase,
  select: string,
  columns: readonly ExportColumn[],
  bytesTogether: number,
): AsyncGenerator<ColumnBatch, void> {
  const found = binaryColumns(columns);
  let gathered: Buffer[] = [];
  let bytes = 0;
  const batch = (): ColumnBatch => {
    const taken = found.take(Buffer.concat(gathered, bytes));
    gathered = [];
    bytes = 0;
    return taken;
  };
  try {
    for await (const chunk of client.query(to(`copy (${select}) to stdout (format binary)`))) {
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= bytesTogether) yield batch();
    }
    const last = batch();
    if (last.rows > 0) yield last;
    if (!found.isWhole()) throw new Error('what the server copied ends within a row');
  } catch (error) {
    throw translateError(error);
  }
}
