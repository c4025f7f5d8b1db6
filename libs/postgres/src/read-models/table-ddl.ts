/** Tables as read models declare them, made in the database, and compared with what is there already. */
import { createHash } from 'node:crypto';
import type { Build, Column, Columns, Index, Table } from '@plenum/read-model';
import { indexesOf, tablesOf, uniqueIndexesOf } from '@plenum/read-model';
import type pg from 'pg';
import type { StoredType } from '../statements/array-parameter.ts';
import { geometryIndexes, geometryType, type Postgis, withGeometry } from './geometry.ts';
import {
  listed,
  literal,
  qualified,
  quoted,
  rowColumn,
  rowColumns,
  rowKey,
  rowsName,
  schemaOf,
  storedType,
} from './names.ts';
import { repeatedTables, rowsView } from './repeated-ddl.ts';

/**
 * Makes the tables of a build that are not there, with their indexes, and answers those. Call it under `lockTables`.
 * @throws when a table is there in another shape than declared: its rows cannot be trusted, the version must rise.
 */
export const makeTables = async (
  client: pg.ClientBase,
  projection: Build,
  postgis: Postgis,
): Promise<readonly Table[]> => {
  const schema = schemaOf(projection);
  const made: Table[] = [];
  await client.query(`create schema if not exists ${quoted(schema)}`);
  for (const table of tablesOf(projection)) {
    const found = await shapeOf(client, schema, rowsName(table));
    if (found === undefined) {
      const kind = table === projection.ledger ? 'ledger' : 'state';
      await client.query(tableDdl(schema, table, { kind, postgis }).join(';\n'));
      made.push(table);
    } else if (withGeometry(table, found) !== declaredShape(table)) {
      throw new Error(
        `Table ${schema}.${table.name} is (${found}) but projection ${projection.name} declares (${declaredShape(table)}): ` +
          'raise the version of the projection, and it is built again beside the old one',
      );
    }
  }
  return made;
};

export type Making = { readonly kind: 'ledger' | 'state'; readonly postgis: Postgis };

/** The statements that make a table. Rows of a ledger are never updated; those of a state leave space for it. */
export const tableDdl = (schema: string, table: Table, { kind, postgis }: Making): readonly string[] => {
  const name = qualified(schema, rowsName(table));
  const definitions = rowColumns(table).map(({ name: stored, type, of }) => {
    const column = declaredOf(table, of);
    const typeName = type === 'geometry' ? geometryType(column as Column, postgis) : storedType(type);
    return `${quoted(stored)} ${typeName}${column?.nullable === true ? '' : ' not null'}`;
  });
  const storage = kind === 'state' && table.partitionedBy === undefined ? ' with (fillfactor = 70)' : '';
  const partitioning = table.partitionedBy === undefined ? '' : ` partition by range (${quoted(table.partitionedBy)})`;
  const fallback = `create table ${qualified(schema, defaultPartition(table))} partition of ${name} default`;
  const indexes = indexesOf(table).map((index) => {
    const named = index.unique === true ? `unique index ${quoted(uniqueName(table, index))}` : 'index';
    return `create ${named} on ${name} (${partsOf(table, index)})`;
  });
  const shown = qualified(schema, table.name);
  const shownKind = table.repeated === undefined ? 'table' : 'view';
  const comments = columnsOf(table).map(
    ([column, { about }]) => `comment on column ${shown}.${quoted(column)} is ${literal(about)}`,
  );
  return [
    `create table ${name} (\n  ${[...definitions, `primary key (${listed(rowKey(table))})`].join(',\n  ')}\n)${partitioning}${storage}`,
    ...(table.partitionedBy === undefined ? [] : [fallback]),
    ...indexes,
    ...geometryIndexes(schema, table, postgis),
    ...(table.repeated === undefined ? [] : [...repeatedTables(schema, table), rowsView(schema, table)]),
    `comment on ${shownKind} ${shown} is ${literal(table.about)}`,
    ...comments,
  ];
};

/** Where rows of a partitioned table go that no month is made for: clocks that are far off. */
export const defaultPartition = (table: Table): string => `${table.name}_default`;

const partsOf = (table: Table, { on }: Index): string =>
  on.map((part) => (typeof part === 'string' ? quoted(rowColumn(table, part)) : `(${part.sql})`)).join(', ');

/** Says what it keeps apart, so that a table that was made with others is known. */
const uniqueName = (table: Table, index: Index): string =>
  `${table.name.slice(0, 40)}_unique_${createHash('sha256').update(partsOf(table, index)).digest('hex').slice(0, 8)}`;

/** `undefined` for the number of repeated values. */
const declaredOf = (table: Table, name: string): Column | undefined => (table.columns as Columns)[name];

const columnsOf = (table: Table): readonly (readonly [string, Column])[] => Object.entries<Column>(table.columns);

const declaredShape = (table: Table): string =>
  [
    ...rowColumns(table).map(({ name, type, of }) => {
      return `${name} ${shownType(type)}${declaredOf(table, of)?.nullable === true ? '' : ' not null'}`;
    }),
    `key ${rowKey(table).join(' ')}`,
    ...uniqueIndexesOf(table)
      .map((index) => uniqueName(table, index))
      .sort(),
    ...(table.partitionedBy === undefined ? [] : ['partitioned']),
  ].join(', ');

const shownType = (type: StoredType): string => {
  if (type === 'geometry') return type;
  return type === 'timestamptz' ? 'timestamp with time zone' : storedType(type);
};

/** The same text for a table that is there, or `undefined`. */
const shapeOf = async (client: pg.ClientBase, schema: string, table: string): Promise<string | undefined> => {
  const { rows } = await client.query<{ shape: string }>(
    `select concat_ws(', ',
              (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
                                 case when a.attnotnull then ' not null' else '' end, ', ' order by a.attnum)
                 from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
              (select 'key ' || string_agg(a.attname, ' ' order by k.n)
                 from pg_index i cross join lateral unnest(i.indkey::int[]) with ordinality as k(attnum, n)
                 join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                where i.indrelid = c.oid and i.indisprimary),
              (select string_agg(u.relname, ', ' order by u.relname collate "C")
                 from pg_index i join pg_class u on u.oid = i.indexrelid
                where i.indrelid = c.oid and i.indisunique and not i.indisprimary),
              case when c.relkind = 'p' then 'partitioned' end) as shape
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2`,
    [schema, table],
  );
  return rows[0]?.shape;
};
