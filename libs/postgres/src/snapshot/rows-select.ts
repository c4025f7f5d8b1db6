/** The question, in SQL, that the rows of a snapshot answer. */
import type { ExportColumn, RowsQuery } from '@plenum/runtime';
import type pg from 'pg';
import { quoted } from '../read-models/names.ts';

/** How the question differs from the plain one. */
type Otherwise = {
  /** SQL that stands for the table. */
  readonly from?: string;
  /** SQL for what is wanted of a column. */
  readonly shown?: (column: ExportColumn) => string;
};

export const plainColumn = ({ name }: Pick<ExportColumn, 'name'>): string => `t.${quoted(name)}`;

/** COPY takes no parameters: their values become part of the text, in the way that the server's own rules for quoting have. */
export const rowsSelect = (client: pg.ClientBase, query: RowsQuery, otherwise: Otherwise = {}): string => {
  const { table, columns, where, parameters, orderBy } = query;
  const { from = quoted(table.name), shown = plainColumn } = otherwise;
  const text = `select ${columns.map(shown).join(', ')} from ${from} t where ${where} order by ${orderBy}`;
  return text.replaceAll(/\$(\d+)/g, (placeholder, number: string) => {
    const value = parameters[Number(number) - 1];
    if (value === undefined) throw new Error(`nothing stands for ${placeholder}`);
    return client.escapeLiteral(String(value));
  });
};
