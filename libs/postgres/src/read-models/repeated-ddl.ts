/**
 * Where values that repeat are kept once (`Table.repeated`): a table for each group, and the view of a build that shows rows with
 * their values (`docs/decisions/0042-what-a-reading-takes-on-disk.md`).
 */
import { type Column, groupOfItsOwn, type RepeatedGroup, repeatedGroups, type Table } from '@plenum/read-model';
import { columnType, listed, literal, qualified, quoted, rowsName, storedColumns, storedType } from './names.ts';

/** The statements that make the tables of values. */
export const repeatedTables = (schema: string, table: Table): readonly string[] =>
  repeatedGroups(table).flatMap((group) => {
    const name = qualified(schema, group.table);
    const columns = group.columns.map((column) => {
      const { nullable } = (table.columns as Readonly<Record<string, Column>>)[column] ?? {};
      return `${quoted(column)} ${storedType(columnType(table, column))}${nullable === true ? '' : ' not null'}`;
    });
    return [
      `create table ${name} (
  number integer generated always as identity primary key,
  ${columns.join(',\n  ')},
  fingerprint bytea not null generated always as (${fingerprint(table, group)}) stored unique
)`,
      // One value is searched for; of several together a row is only ever the end.
      ...(group.columns.length === 1 ? [`create index on ${name} (${listed(group.columns)})`] : []),
      `comment on table ${name} is ${literal(`Values that rows of ${table.name} have in common, each kept once.`)}`,
    ];
  });

/**
 * SQL for what tells combinations of values apart, of columns with this prefix: 16 bytes, whatever the length of the values.
 * Nobody finds two that are the same.
 */
export const fingerprint = (table: Table, { columns }: RepeatedGroup, prefix = ''): string => {
  const texts = columns.map((column) => {
    const value = `${prefix}${quoted(column)}`;
    return `quote_nullable(${columnType(table, column) === 'text' ? value : `${value}::text`})`;
  });
  // The bytes of a text, as an expression that a column may be made of: `convert_to` is none.
  return `substring(sha256(decode(replace(${texts.join(" || ',' || ")}, '\\', '\\\\'), 'escape')) from 1 for 16)`;
};

/** The statement that makes the view under the table's own name, with its columns. */
export const rowsView = (schema: string, table: Table): string => {
  const { columns, from } = rowsAndValues(table, (name) => qualified(schema, name));
  return `create view ${qualified(schema, table.name)} as select ${columns.join(', ')} from ${from}`;
};

/** A query for what the view shows and, beside it, the numbers: who has the values already wants no more of them. */
export const valuesAndNumbers = (table: Table): string => {
  const { columns, from } = rowsAndValues(table, quoted);
  const numbers = repeatedGroups(table).map(({ number }) => `kept.${quoted(number)}`);
  return `select ${[...columns, ...numbers].join(', ')} from ${from}`;
};

const rowsAndValues = (table: Table, relation: (name: string) => string) => {
  const groups = repeatedGroups(table);
  const columns = storedColumns(table).map(({ name, of }) => {
    const group = groupOfItsOwn(table, of) ?? groups.find(({ columns: repeated }) => repeated.includes(of));
    return `${group === undefined ? 'kept' : quoted(group.name)}.${quoted(name)}`;
  });
  // Left joins: those whose columns a query does not want are left out. What rows are found by comes from its own group.
  const joins = groups.map(
    ({ name, number, table: values }) =>
      `left join ${relation(values)} as ${quoted(name)} on ${quoted(name)}.number = kept.${quoted(number)}`,
  );
  return { columns, from: `${relation(rowsName(table))} as kept ${joins.join(' ')}` };
};
