/** What every list has in common: the tables are up to date first, all pages are read, and one form or the other is written. */

import type { Rows } from '@plenum/read-model';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';
import { tableText } from './table.ts';
import { broughtUpToDate } from './up-to-date.ts';
import { type Access, withAccess } from './with-access.ts';

export type Listing<Row> = {
  readonly log: LogName | undefined;
  readonly json: boolean;
  /** What the rows are called, in JSON and where there are none. */
  readonly what: string;
  readonly rows: (access: Access) => Promise<readonly Row[]>;
  readonly columns: Readonly<Record<string, (row: Row) => string>>;
};

/** Writes all rows. @returns the exit code. @throws as `withAccess`. */
export const list = <Row>(
  { log, json, what, rows, columns }: Listing<Row>,
  surroundings: Surroundings,
): Promise<number> =>
  withAccess({ log }, surroundings, async (access) => {
    const { out, tell, stop } = surroundings;
    const missing = await broughtUpToDate(access, stop);
    if (missing > 0) {
      tell(`plenum: ${missing} decisions are not in the tables yet: is there a projector at work?\n`);
    }
    const found = await rows(access);
    if (json) {
      await out(`${JSON.stringify({ [what]: found, notShownYet: missing })}\n`);
      return 0;
    }
    const texts = found.map((row) => Object.values(columns).map((column) => column(row)));
    await out(found.length === 0 ? `There are no ${what}.\n` : tableText(Object.keys(columns), texts));
    return 0;
  });

const pageSize = 500;

/** All rows of a question that answers in pages. */
export const allPages = async <Row>(page: (last: Row | undefined, limit: number) => Promise<Rows<Row>>) => {
  const rows: Row[] = [];
  for (;;) {
    const more = await page(rows.at(-1), pageSize);
    rows.push(...more);
    if (more.length < pageSize) return rows as readonly Row[];
  }
};
