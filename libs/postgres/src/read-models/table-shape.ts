/** The shape of a table as one text: as it is declared, and as it is found in the database. */
import { createHash } from 'node:crypto';
import type { Column, Columns, Index, Table } from '@plenum/read-model';
import { uniqueIndexesOf } from '@plenum/read-model';
import type { StoredType } from '../statements/array-parameter.ts';
import { withGeometry } from './geometry.ts';
import { quoted, rowColumn, rowColumns, rowKey, storedType } from './names.ts';

/** Columns, key, unique indexes: a table that is there in another shape was not made by this declaration. */
export const declaredShape = (table: Table): string =>
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

/** Whether a table that was found in this shape is as declared, whichever way it keeps geometry. */
export const isShaped = (table: Table, found: string): boolean => withGeometry(table, found) === declaredShape(table);

export type FoundShape = { readonly name: string; readonly shape: string };

/** The shapes of those tables of schema $1 whose names are in $2 that are there. */
export const shapesSql = `select c.relname as name, concat_ws(', ',
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
      where n.nspname = $1 and c.relname = any($2)`;

/** What an index is on. */
export const partsOf = (table: Table, { on }: Index): string =>
  on.map((part) => (typeof part === 'string' ? quoted(rowColumn(table, part)) : `(${part.sql})`)).join(', ');

/** Says what it keeps apart, so that a table that was made with others is known. */
export const uniqueName = (table: Table, index: Index): string =>
  `${table.name.slice(0, 40)}_unique_${createHash('sha256').update(partsOf(table, index)).digest('hex').slice(0, 8)}`;

/** `undefined` for the number of repeated values. */
export const declaredOf = (table: Table, name: string): Column | undefined => (table.columns as Columns)[name];
