/** Tables as read models declare them, made in the database, and compared with what is there already. */
import type { Build, Column, Table } from '@plenum/read-model';
import { indexesOf, tablesOf } from '@plenum/read-model';
import type pg from 'pg';
import { onlyAddedTo, rowPerThing, storageSql } from '../statements/storage.ts';
import { geometryIndexes, geometryType, type Postgis } from './geometry.ts';
import { listed, literal, qualified, quoted, rowColumns, rowKey, rowsName, schemaOf, storedType } from './names.ts';
import { repeatedTables, rowsView } from './repeated-ddl.ts';
import { declaredOf, declaredShape, type FoundShape, isShaped, partsOf, shapesSql, uniqueName } from './table-shape.ts';

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
  const tables = tablesOf(projection);
  const { rows } = await client.query<FoundShape>(shapesSql, [schema, tables.map(rowsName)]);
  const shapes = new Map(rows.map(({ name, shape }) => [name, shape]));
  for (const table of tables) {
    const found = shapes.get(rowsName(table));
    if (found === undefined) {
      const kind = table === projection.ledger ? 'ledger' : 'state';
      await client.query(tableDdl(schema, table, { kind, postgis }).join(';\n'));
      made.push(table);
    } else if (!isShaped(table, found)) {
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
  const storage = `with (${storageSql(kind === 'state' ? rowPerThing : onlyAddedTo)})`;
  // What is partitioned keeps no rows itself.
  const kept = table.partitionedBy === undefined ? storage : `partition by range (${quoted(table.partitionedBy)})`;
  const fallback = `create table ${qualified(schema, defaultPartition(table))} partition of ${name} default ${storage}`;
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
    `create table ${name} (\n  ${[...definitions, `primary key (${listed(rowKey(table))})`].join(',\n  ')}\n) ${kept}`,
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

const columnsOf = (table: Table): readonly (readonly [string, Column])[] => Object.entries<Column>(table.columns);
