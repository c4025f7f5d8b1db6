/** Rows by id, within bounds; those that were asked for the longest ago go first. */
import type { AuthorizationLimits, Known } from './authorization-limits.ts';

export type RememberedRows<Row> = {
  get(id: string): Known<Row> | undefined;
  put(id: string, found: Known<Row>): void;
  /** Drops rows for which this holds, and everything that was not there. */
  forget(changed: (row: Row) => boolean): void;
  size(): number;
};

type Limits = Pick<AuthorizationLimits, 'rowsMax' | 'strangersMax' | 'staleMs'>;

export const rememberedRows = <Row>({ rowsMax, strangersMax, staleMs }: Limits): RememberedRows<Row> => {
  const rows = new Map<string, Known<Row>>();
  const strangers = new Map<string, Known<Row>>();

  // A Map keeps the order of insertion, which is that of the questions.
  const add = (to: Map<string, Known<Row>>, id: string, found: Known<Row>, most: number): void => {
    to.set(id, found);
    for (const [oldest, { atMs }] of to) {
      if (to.size <= most && found.atMs - atMs < staleMs) return;
      to.delete(oldest);
    }
  };
  return {
    get: (id) => rows.get(id) ?? strangers.get(id),
    put: (id, found) => {
      rows.delete(id);
      strangers.delete(id);
      if (found.row === undefined) add(strangers, id, found, strangersMax);
      else add(rows, id, found, rowsMax);
    },
    forget: (changed) => {
      strangers.clear();
      for (const [id, { row }] of rows) if (row !== undefined && changed(row)) rows.delete(id);
    },
    size: () => rows.size + strangers.size,
  };
};
