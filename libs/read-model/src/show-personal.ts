/** Rows that name persons, on their way out. Encryption itself is behind this port. */
import type { PageMarks, Rows } from './sql.ts';
import type { Table } from './table.ts';

/** A row whose bytes of these columns became texts; null where there are none, they are erased, or cannot be read. */
export type DecryptedRow<R, Name extends string> = {
  readonly [K in keyof R]: K extends Name ? string | null : R[K];
};

export type PersonalNames<Name extends string> = { readonly table: Table; readonly names: readonly Name[] };

/**
 * The rows with these columns as text, or null for those who may not see it. Each row has them as the table calls them, and
 * the column that says whose they are. @throws TransientFailure
 */
export type ShowPersonal = <R extends object, Name extends string & keyof R>(
  rows: Rows<R>,
  names: PersonalNames<Name>,
) => Promise<readonly DecryptedRow<R, Name>[] & PageMarks>;
