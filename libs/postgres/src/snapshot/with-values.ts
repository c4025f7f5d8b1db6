import type { RowsQuery } from '@plenum/runtime';
import type pg from 'pg';

/** COPY takes no parameters: their values become part of the text, in the way that the server's own rules for quoting have. */
export const withValues = (
  client: pg.ClientBase,
  { text, parameters }: Pick<RowsQuery, 'text' | 'parameters'>,
): string =>
  text.replaceAll(/\$(\d+)/g, (placeholder, number: string) => {
    const value = parameters[Number(number) - 1];
    if (value === undefined) throw new Error(`nothing stands for ${placeholder}`);
    return client.escapeLiteral(String(value));
  });
