/**
 * Rows that are fed by decisions. A stream's events are counted without holes, so its row knows what it has: a version
 * that comes again changes nothing, and one that is missing is noticed before anything is built on it.
 */
import type { Fold } from './projection.ts';
import { keyText, type Row } from './table.ts';

/** An entry that says which version of its stream it is. */
export type VersionedEntry = { readonly version: number };

/** A row that keeps the version of the last event in it. */
export type VersionedRow = Row & { readonly stream_version: number };

/**
 * Something between what a row has and what has come is missing: nobody may go on with this row before it is found. The
 * projector parks the record's key with this code, and a replay leaves out the same.
 */
export class VersionGap extends Error {
  readonly code = 'gap';
  constructor(row: string, has: number, came: number) {
    super(`${row} is at version ${has} and version ${came} has come: what is between them is missing`);
    this.name = 'VersionGap';
  }
}

/**
 * A fold of one stream into one row: entries whose version the row has are skipped, and what `fold` makes of the next one
 * carries its version. Every event of the stream has to reach it, also those that change no column.
 * @throws VersionGap, out of the fold, for a version further than the next; the first is 1.
 */
export const versioned = <Entry extends VersionedEntry, R extends VersionedRow>(
  declared: Fold<Entry, R>,
): Fold<Entry, R> => ({
  ...declared,
  fold: (row, entry) => {
    const has = row?.stream_version ?? 0;
    const { version } = entry;
    if (row !== undefined && version <= has) return row;
    if (version !== has + 1) throw new VersionGap(nameOf(declared, entry), has, version);
    const next = declared.fold(row, entry);
    return next.stream_version === version ? next : { ...next, stream_version: version };
  },
});

const nameOf = <Entry, R extends Row>({ table, keyOf }: Fold<Entry, R>, entry: Entry): string =>
  `${table.name} ${keyText(table, keyOf(entry))}`;
