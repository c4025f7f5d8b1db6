/** Rows on their way out: what names a person becomes text for those who may see it, or null. */
import { type Personal, storedPersonal } from '@plenum/event';
import type {
  Column,
  DecryptedRow,
  PageMarks,
  PersonalColumn,
  PersonalNames,
  Rows,
  ShowPersonal,
  Table,
} from '@plenum/read-model';
import { decrypted, type PersonalParts } from './personal-events.ts';

type DecryptedRows<R, Name extends string> = readonly DecryptedRow<R, Name>[] & PageMarks;

/**
 * The rows with the personal columns `names` of `table` decrypted. Each row has them as the table calls them, and the column
 * that says whose they are; otherwise it may be of any shape. All keys are asked for at once. @throws TransientFailure
 */
export const decryptRows = async <R extends object, Name extends string & keyof R>(
  page: Rows<R>,
  { table, names }: PersonalNames<Name>,
  { keys, unreadable }: Omit<PersonalParts, 'fields'>,
): Promise<DecryptedRows<R, Name>> => {
  const rows = withMarks([...page], page);
  const columns = names.map((name) => [name, personalOf(table, name)] as const);
  const personColumns = [...new Set(columns.map(([, { person }]) => person))];
  const persons = rows.flatMap((row) => personColumns.map((column) => cellOf(row, column)).filter(isText));
  const found = await keys.recentKeysOf(persons);
  return mapped(rows, columns, (row, [, { person: column, places }], value) => {
    const person = cellOf(row, column);
    const key = isText(person) ? found.get(person) : undefined;
    const read = decrypted(value, key, places);
    const [place] = places;
    if (read.why !== undefined && place !== undefined) unreadable?.({ person: String(person), place, why: read.why });
    return read.value.state === 'plain' ? read.value.text : null;
  });
};

/** The same rows for those who may not see who it is. Nobody is asked for a key. */
export const hiddenRows = <R extends object, Name extends string & keyof R>(
  rows: Rows<R>,
  { table, names }: PersonalNames<Name>,
): DecryptedRows<R, Name> =>
  mapped(
    rows,
    names.map((name) => [name, personalOf(table, name)] as const),
    () => null,
  );

/** For callers who may see who it is; for nobody, where there are no keys. */
export const showPersonal =
  (parts: Omit<PersonalParts, 'fields'> | undefined): ShowPersonal =>
  async (rows, names) =>
    parts === undefined ? hiddenRows(rows, names) : decryptRows(rows, names, parts);

type Named<Name extends string> = readonly [Name, PersonalColumn];

const mapped = <R extends object, Name extends string & keyof R>(
  rows: Rows<R>,
  columns: readonly Named<Name>[],
  read: (row: R, column: Named<Name>, value: Personal) => string | null,
): DecryptedRows<R, Name> => {
  const texts = rows.map((row) => {
    const own = columns.map((column) => {
      const bytes = cellOf(row, column[0]);
      return [column[0], bytes instanceof Uint8Array ? read(row, column, storedPersonal(bytes)) : null] as const;
    });
    return { ...row, ...Object.fromEntries(own) } as DecryptedRow<R, Name>; // Exactly these columns have changed.
  });
  return withMarks(texts, rows);
};

const withMarks = <T>(list: T[], { bytes, isCut }: PageMarks): readonly T[] & PageMarks =>
  Object.assign(list, { ...(bytes !== undefined && { bytes }), ...(isCut !== undefined && { isCut }) });

const personalOf = (table: Table, name: string): PersonalColumn => {
  const column = (table.columns as Readonly<Record<string, Column>>)[name];
  if (column?.personal === undefined) throw new Error(`${table.name}.${name} is no personal column`);
  return column.personal;
};

const cellOf = (row: object, name: string): unknown => (row as Readonly<Record<string, unknown>>)[name];
const isText = (value: unknown): value is string => typeof value === 'string';
