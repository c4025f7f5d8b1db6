/** Rows as the server itself writes them as CSV, which is the fastest way there is to have many of them. */
import type { CsvQuery, ExportColumn } from '@plenum/runtime';
import type pg from 'pg';
import { to } from 'pg-copy-streams';
import { quoted } from '../read-models/names.ts';
import { translateError } from '../translate-error.ts';
import { csvTimes } from './csv-times.ts';
import { plainColumn, rowsSelect } from './rows-select.ts';

/** The server's own chunks are so small that writing each of them to a disk takes longer than the server does. */
const chunkBytes = 262_144;

/** On a connection in a transaction, and the only thing that is asked of it meanwhile. @throws as `Snapshot` says. */
export async function* copyCsv(client: pg.ClientBase, query: CsvQuery): AsyncGenerator<Uint8Array, void> {
  const { columns, rowsSeen } = query;
  const times = csvTimes(columns.map(({ type }) => type === 'timestamptz'));
  const select = rowsSelect(client, query, { shown });
  const stream = client.query(to(`copy (${select}) to stdout (format csv, header)`));
  let gathered: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const converted = times.convert(chunk);
      // The first line has the names.
      rowsSeen?.(Math.max(0, times.lines() - 1));
      gathered.push(converted);
      bytes += converted.length;
      if (bytes < chunkBytes) continue;
      yield Buffer.concat(gathered);
      gathered = [];
      bytes = 0;
    }
    if (bytes > 0) yield Buffer.concat(gathered);
    if (times.rest().length > 0) throw new Error('what the server copied ends within a line');
  } catch (error) {
    throw translateError(error);
  }
}

/** COPY writes `t` for what is `true` everywhere else. */
const shown = (column: ExportColumn): string =>
  column.type === 'boolean' ? `${plainColumn(column)}::text as ${quoted(column.name)}` : plainColumn(column);
