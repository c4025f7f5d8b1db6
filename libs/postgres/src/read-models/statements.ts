/**
 * The SQL of one table: one prepared statement per operation, whatever the number of rows. Columns travel as arrays
 * (`../statements/array-parameter.ts`).
 */
import { type Column, type ColumnType, geometryBytes, type Row, type Table, type Value } from '@plenum/read-model';
import { arrayParameter } from '../statements/array-parameter.ts';
import { prepared, type Statement } from '../statements/prepared.ts';
import { refuseGeometry } from './geometry.ts';
import {
  columnNames,
  columnOf,
  columnType,
  listed,
  qualified,
  quoted,
  rowColumns,
  rowKey,
  rowsName,
  type StoredColumn,
  storedColumns,
  storedNames,
  storedType,
} from './names.ts';

/** By column, one number for each row. */
export type Numbers = ReadonlyMap<string, readonly number[]>;

export type TableStatements = {
  /** Inserts rows of which none is there, with the numbers of their repeated values by column. Fails where a key is there. */
  insert(rows: readonly Row[], numbers: Numbers): Statement;
  /**
   * Inserts rows, with the numbers of their repeated values by column; of several with one key, the first. Answers the
   * positions (from 1) of those whose key was there.
   */
  insertNew(rows: readonly Row[], numbers: Numbers): Statement;
  /** Reads rows by key; each as `readRow` takes it. */
  load(keys: readonly Row[]): Statement;
  /** Inserts or replaces rows with distinct keys; of those that are known to be there writes what differs. */
  save(rows: readonly Row[], before?: readonly (Row | undefined)[]): readonly Statement[];
  /** Deletes the rows of these keys. */
  remove(keys: readonly Row[]): Statement;
  /** Takes the rows as values of their columns' types. Answers one row when a column holds NULL that must not. */
  check(rows: readonly Row[]): Statement;
  readRow(values: readonly unknown[]): Row;
};

export const tableStatements = (schema: string, table: Table): TableStatements => {
  const names = columnNames(table);
  const texts = {
    insert: insertSql(schema, table),
    insertNew: insertNewSql(schema, table),
    load: loadSql(schema, table),
    save: saveSql(schema, table),
    remove: removeSql(schema, table),
    check: checkSql(table),
  };
  const stored = storedColumns(table);
  const kept = rowColumns(table);
  const keys = stored.filter(({ name }) => table.key.includes(name)).sort(byPlaceIn(table.key));
  const statement = (text: string, columns: readonly StoredColumn[], rows: readonly Row[]): Statement =>
    prepared(
      text,
      columns.map(({ type, of }) => arrayParameter(type, columnOf(rows, of))),
    );
  const ofRows = (text: string, rows: readonly Row[]): Statement => {
    refuseGeometry(table, rows);
    return statement(text, stored, rows);
  };
  const changes = changesOf(schema, table, keys);
  const withNumbers = (text: string, rows: readonly Row[], numbers: Numbers): Statement => {
    refuseGeometry(table, rows);
    return prepared(
      text,
      kept.map(({ name, type, of }) => arrayParameter(type, numbers.get(name) ?? columnOf(rows, of))),
    );
  };
  const readers = names.map((name) => [name, readerOf(columnType(table, name))] as const);

  return {
    insert: (rows, numbers) => withNumbers(texts.insert, rows, numbers),
    insertNew: (rows, numbers) => withNumbers(texts.insertNew, rows, numbers),
    load: (rows) => statement(texts.load, keys, rows),
    save: (rows, before = []) => {
      if (!isChangedInPlace(table)) return [ofRows(texts.save, rows)];
      refuseGeometry(table, rows);
      const others = rows.filter((_, index) => before[index] === undefined);
      const there = rows.filter((_, index) => before[index] !== undefined);
      const { columns, text } = changes(there, before.filter(isRow));
      return [
        ...(columns.length > 0 ? [statement(text, [...keys, ...columns], there)] : []),
        ...(others.length > 0 ? [statement(texts.save, stored, others)] : []),
      ];
    },
    remove: (rows) => statement(texts.remove, keys, rows),
    check: (rows) => ofRows(texts.check, rows),
    readRow: (values) => {
      const row: Record<string, Value> = {};
      for (const [index, [name, read]] of readers.entries()) {
        const value = values[index];
        row[name] = value === null ? undefined : read(value);
      }
      return row;
    },
  };
};

const columnsOf = (table: Table): Readonly<Record<string, Column>> => table.columns;

const byPlaceIn =
  (names: readonly string[]) =>
  (one: StoredColumn, other: StoredColumn): number =>
    names.indexOf(one.name) - names.indexOf(other.name);

const arrays = (table: Table, names: readonly string[]): string => {
  const types = new Map(storedColumns(table).map(({ name, type }) => [name, storedType(type)]));
  return names.map((name, index) => `$${index + 1}::${types.get(name)}[]`).join(', ');
};

/** No table's column is called that. */
const position = quoted('#');

/** The columns of a ledger's rows, one `unnest` each: several in one FROM would each be kept in a store of its own before they meet. */
const ledgerArrays = (columns: readonly StoredColumn[]): string =>
  columns.map(({ name, type }, index) => `unnest($${index + 1}::${storedType(type)}[]) as ${quoted(name)}`).join(', ');

/** Without a word on conflicts, which would search the key's index twice for every row and write twice that it is there. */
const insertSql = (schema: string, table: Table): string => {
  const columns = rowColumns(table);
  const names = listed(columns.map(({ name }) => name));
  return `insert into ${qualified(schema, rowsName(table))} (${names}) select ${ledgerArrays(columns)}`;
};

/** Only the few rows that were there already come back, which costs half of what returning every new key does. */
const insertNewSql = (schema: string, table: Table): string => {
  const columns = rowColumns(table);
  const names = columns.map(({ name }) => name);
  const key = rowKey(table);
  const same = key.map((name) => `added.${quoted(name)} = incoming.${quoted(name)}`).join(' and ');
  return `with incoming as materialized (
  select ${ledgerArrays(columns)}, generate_subscripts($1, 1) as ${position}
), added as (
  insert into ${qualified(schema, rowsName(table))} (${listed(names)})
  select ${listed(names)} from incoming on conflict (${listed(key)}) do nothing returning ${listed(key)}
)
select ${position} from incoming where not exists (select from added where ${same})`;
};

/**
 * One index probe per key, whatever the planner believes about the table's size: it may have made its plan when the
 * table was empty, and LIMIT keeps it from turning the probe into a join over everything.
 */
const loadSql = (schema: string, table: Table): string => {
  const names = columnNames(table);
  const same = table.key.map((name) => `stored.${quoted(name)} = wanted.${quoted(name)}`).join(' and ');
  const selected = names.map((name) => exact(`found.${quoted(name)}`, columnsOf(table)[name]?.type)).join(', ');
  return `select ${selected} from unnest(${arrays(table, table.key)}) as wanted (${listed(table.key)})
cross join lateral (
  select ${listed(names)} from ${qualified(schema, table.name)} as stored where ${same} limit 1
) as found`;
};

const saveSql = (schema: string, table: Table): string => {
  const names = storedNames(table);
  const others = names.filter((name) => !table.key.includes(name));
  const changes = others.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ');
  return `insert into ${qualified(schema, table.name)} (${listed(names)})
select * from unnest(${arrays(table, names)})
on conflict (${listed(table.key)}) do ${others.length === 0 ? 'nothing' : `update set ${changes}`}`;
};

/** To change rows of a partitioned table locks every partition it has. */
const isChangedInPlace = ({ partitionedBy }: Table): boolean => partitionedBy === undefined;

const isRow = (row: Row | undefined): row is Row => row !== undefined;

/** Columns that are written together, and the statement that does. None: there is nothing to write. */
type Change = { readonly columns: readonly StoredColumn[]; readonly text: string };

/**
 * Of a table, so many statements: each is parsed, planned and kept on every connection. The sets of columns that come often come
 * early.
 */
const changesMax = 8;

/** The statement that writes what differs in any of these rows, or hardly more: of those there are, the narrowest. */
const changesOf = (
  schema: string,
  table: Table,
  keys: readonly StoredColumn[],
): ((rows: readonly Row[], before: readonly Row[]) => Change) => {
  const others = storedColumns(table).filter(({ name }) => !table.key.includes(name));
  const changeOf = (columns: readonly StoredColumn[]): Change => ({
    columns,
    text: changeSql(schema, table, keys, columns),
  });
  const known = [changeOf(others)];
  return (rows, before) => {
    const differing = others.filter(({ of }) => rows.some((row, index) => !Object.is(row[of], before[index]?.[of])));
    if (differing.length === 0) return { columns: [], text: '' };
    const wide = known.filter(({ columns }) => differing.every((column) => columns.includes(column)));
    const narrowest = wide.reduce((one, other) => (other.columns.length < one.columns.length ? other : one));
    if (narrowest.columns.length === differing.length || known.length === changesMax) return narrowest;
    const change = changeOf(differing);
    known.push(change);
    return change;
  };
};

/** PostgreSQL's code for a division by zero; nothing else in these transactions divides by what could be one. */
export const rowGone = '22012';

/**
 * Changes rows that are there, in the order given: a third cheaper than `on conflict do update`, which locks each row in a step
 * of its own, and writes that to the WAL as well. The server refuses a row that is not there, because nobody waits for an answer
 * that could say how many were. One index probe per key: LIMIT has the planner expect one row, and what ANY compares cannot be
 * joined by hashing or sorting.
 */
const changeSql = (
  schema: string,
  table: Table,
  keys: readonly StoredColumn[],
  columns: readonly StoredColumn[],
): string => {
  const names = [...keys, ...columns].map(({ name }) => name);
  const [first, ...rest] = keys.map(({ name }) => ({
    stored: `stored.${quoted(name)}`,
    given: `changed.${quoted(name)}`,
  }));
  const same = [
    `${first?.stored} = any (array[${first?.given}])`,
    ...rest.map(({ stored, given }) => `${stored} = ${given}`),
  ].join(' and ');
  const changes = columns.map(({ name }) => `${quoted(name)} = changed.${quoted(name)}`).join(', ');
  const [{ name, type }] = keys as readonly [StoredColumn]; // Every table has a key.
  const refusal = `(1 / (0 * (changed.${quoted(name)} is null)::int))::text::${storedType(type)}`;
  return `merge into ${qualified(schema, table.name)} as stored
using (select * from unnest(${arrays(table, names)}) as given (${listed(names)}) limit cardinality($1)) as changed on ${same}
when matched then update set ${changes}
when not matched then insert (${quoted(name)}) values (${refusal})`;
};

/** All of one statement; the key's index is there, and the planner may read all of it while the table is small. */
const removeSql = (schema: string, table: Table): string => {
  const same = table.key.map((name) => `stored.${quoted(name)} = wanted.${quoted(name)}`).join(' and ');
  return `delete from ${qualified(schema, table.name)} as stored
using unnest(${arrays(table, table.key)}) as wanted (${listed(table.key)}) where ${same}`;
};

/** Every value has become one of its column's type, or was refused, before anything is compared. */
const checkSql = (table: Table): string => {
  const names = storedNames(table);
  const required = columnNames(table).filter((name) => columnsOf(table)[name]?.nullable !== true);
  const missing = required.map((name) => `checked.${quoted(name)} is null`).join(' or ');
  return `select 1 from unnest(${arrays(table, names)}) as checked (${listed(names)}) where ${missing} limit 1`;
};

/** A value so that its text says all of it: times as whole microseconds, JSON as it is. */
const exact = (value: string, type: ColumnType | undefined): string => {
  if (type === 'timestamptz') return `(extract(epoch from ${value}) * 1000000)::bigint`;
  if (type === 'geometry') return geometryBytes(value);
  return type === 'jsonb' ? `${value}::text` : value;
};

/** From what node-postgres makes of a column to our value. It leaves 64-bit integers as text. */
const readerOf = (type: ColumnType): ((value: unknown) => Value) => {
  if (type === 'timestamptz') return Number;
  if (type === 'bigint') return (value) => BigInt(String(value));
  return (value) => value as Value; // Text, number, boolean and Buffer are what the rest comes as.
};
