/** Columns whose values are kept once (`Table.repeated`), and how their numbers are called. */
import { columnsShown } from './shown-row.ts';
import type { ColumnType, Table } from './table.ts';

export type RepeatedGroup = {
  readonly name: string;
  readonly columns: readonly string[];
  /** The column that rows have instead. */
  readonly number: string;
  /** The table, beside that of the rows, that has the values of each number. */
  readonly table: string;
};

/** The column in which a row has the number of a group's values. */
export const numberColumn = (group: string): string => `${group}_number`;

export const repeatedGroups = (table: Table): readonly RepeatedGroup[] =>
  Object.entries(table.repeated ?? {}).map(([name, columns]) => {
    return { name, columns, number: numberColumn(name), table: `${table.name}_${name}` };
  });

/** The group that a column is by itself: by its number rows are found. */
export const groupOfItsOwn = (table: Table, column: string): RepeatedGroup | undefined =>
  repeatedGroups(table).find(({ columns }) => columns.length === 1 && columns[0] === column);

/**
 * The view in which searches find the rows of a ledger with such columns, with numbers in place of values: it is read in the
 * order of an index, and only what is left of it gets its values (`withValues`).
 */
export const numberedRows = (projection: string, table: Table): string => `plenum.${projection}_${table.name}_rows`;

/** SQL that gives rows of `numberedRows` their values: the columns that are shown, as a list, and the joins behind `from`. */
export const withValues = (
  projection: string,
  table: Table,
  alias: string,
): { readonly columns: string; readonly joins: string } => {
  // As few groups as have all columns: each is one search for every row.
  const groups = repeatedGroups(table).toSorted((one, other) => other.columns.length - one.columns.length);
  const needed = new Set<RepeatedGroup>();
  const columns = columnsShown(table).map(([column]) => {
    const group = groups.find(({ columns: repeated }) => repeated.includes(column));
    if (group !== undefined) needed.add(group);
    return `${group === undefined ? alias : `"${group.name}"`}."${column}"`;
  });
  // LIMIT keeps PostgreSQL from reading all values for the few that a page has.
  const joins = [...needed].map(
    ({ name, number, table: values }) =>
      `left join lateral (select kept.* from plenum.${projection}_${values} kept
         where kept.number = ${alias}."${number}" limit 1) "${name}" on true`,
  );
  return { columns: columns.join(', '), joins: joins.join(' ') };
};

/** SQL for the number of a value that is a group by itself; NULL where no row has it. `value` is a placeholder or a column. */
export const numberOf = (projection: string, table: Table, column: string, value: string): string => {
  const group = groupOfItsOwn(table, column);
  if (group === undefined) throw new Error(`${table.name}.${column} is not a group of repeated values by itself`);
  return `(select kept.number from plenum.${projection}_${group.table} kept where kept."${column}" = ${value})`;
};

const types: ReadonlySet<ColumnType> = new Set(['text', 'uuid', 'integer', 'bigint', 'boolean', 'jsonb']);

/** @throws for groups that cannot be kept: it is a mistake in the declaration. */
export const refuseRepeated = (table: Table): void => {
  const groups = repeatedGroups(table);
  const all = groups.flatMap(({ columns }) => columns);
  const refuse = (column: string, why: string): never => {
    throw new Error(`${table.name}.${column} cannot be a repeated value: ${why}`);
  };
  for (const column of all) {
    const type = (table.columns as Readonly<Record<string, { readonly type: ColumnType } | undefined>>)[column]?.type;
    if (type === undefined || !types.has(type)) refuse(column, `its type is ${type}`);
    if (column === table.partitionedBy) refuse(column, 'the table is partitioned by it');
  }
  const found = [...table.key, ...(table.indexes ?? []).flatMap((one) => [...('on' in one ? one.on : one)])];
  for (const column of all) {
    if (found.includes(column) && groupOfItsOwn(table, column) === undefined) {
      refuse(column, 'rows are found by it, and it is no group by itself');
    }
  }
  const jsonKey = table.key.find((column) => all.includes(column) && table.columns[column]?.type === 'jsonb');
  if (jsonKey !== undefined) refuse(jsonKey, 'one document of a key can be written in two ways');
};
