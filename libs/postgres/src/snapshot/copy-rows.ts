/** Rows as their values, in the types that columns have here. */
import type { ExportRow, RowsQuery } from '@plenum/runtime';
import type pg from 'pg';
import { to } from 'pg-copy-streams';
import { translateError } from '../translate-error.ts';
import { binaryRows } from './binary-rows.ts';
import { withValues } from './with-values.ts';

/** The server sends a row at a time. Rows of so many bytes are read together, which is a batch. */
const batchBytes = 65_536;

/**
 * On a connection in a transaction, and the only thing that is asked of it meanwhile. The server goes on while a batch is
 * worked on, as far as the connection holds. @throws as `Snapshot` says.
 */
export async function* copyRows(client: pg.ClientBase, query: RowsQuery): AsyncGenerator<readonly ExportRow[], void> {
  const rows = binaryRows(query.columns);
  const stream = client.query(to(`copy (${withValues(client, query)}) to stdout (format binary)`));
  let gathered: Buffer[] = [];
  let bytes = 0;
  const batch = (): readonly ExportRow[] => {
    const taken = rows.take(Buffer.concat(gathered, bytes));
    gathered = [];
    bytes = 0;
    return taken;
  };
  try {
    for await (const chunk of stream) {
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= batchBytes) yield batch();
    }
    const last = batch();
    if (last.length > 0) yield last;
    if (!rows.isWhole()) throw new Error('what the server copied ends within a row');
  } catch (error) {
    throw translateError(error);
  }
}
