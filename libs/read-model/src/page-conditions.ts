/** Which rows a page of a list has: those that are asked for, after the ones on the pages before. */
import { formatTimeUs } from '@plenum/event';
import { type Binder, binder } from './sql.ts';

export type PageConditions = Binder & {
  readonly add: (condition: string) => void;
  /** Columns have these values. What is `undefined` was not asked for. */
  readonly equal: (values: Readonly<Record<string, unknown>>) => void;
  /** A time from one moment on and before another, in microseconds. What is `undefined` was not asked for. */
  readonly within: (column: string, range: TimeRange) => void;
  /** After a place in an order by these columns, all in one direction. `undefined`: the first page. */
  readonly after: (columns: readonly string[], place: readonly unknown[] | undefined, order?: 'asc' | 'desc') => void;
  /** All of them, for behind `where`. */
  readonly all: () => string;
};

type TimeRange = { readonly fromUs?: number | undefined; readonly toUs?: number | undefined };

/** Values never become part of the text, so the texts of a list are as many as there are ways to ask. */
export const pageConditions = (): PageConditions => {
  const { parameters, bind } = binder();
  const conditions: string[] = [];
  const add = (condition: string): void => void conditions.push(condition);
  return {
    ...{ parameters, bind, add },
    equal: (values) => {
      for (const [column, value] of Object.entries(values)) {
        if (value !== undefined) add(`${column} = ${bind(value)}`);
      }
    },
    within: (column, { fromUs, toUs }) => {
      if (fromUs !== undefined) add(`${column} >= ${bind(formatTimeUs(fromUs))}::timestamptz`);
      if (toUs !== undefined) add(`${column} < ${bind(formatTimeUs(toUs))}::timestamptz`);
    },
    after: (columns, place, order = 'asc') => {
      if (place === undefined) return;
      add(`(${columns.join(', ')}) ${order === 'asc' ? '>' : '<'} (${place.map(bind).join(', ')})`);
    },
    all: () => (conditions.length === 0 ? 'true' : conditions.join(' and ')),
  };
};
