/** What tables take on disk, each part by itself: rows, what is kept beside them (TOAST), and every index. */
import type { Arrivals } from './arrivals.ts';

export type DiskPart = {
  /** With its schema; the months of a partitioned table together. */
  readonly table: string;
  /** `rows`, `toast`, or the name of an index. */
  readonly part: string;
  readonly bytes: number;
};

type Row = { readonly schema: string; readonly table: string; readonly part: string; readonly bytes: string };

export const diskPartsOf = async ({ ask }: Arrivals): Promise<readonly DiskPart[]> => {
  const rows = await ask<Row>(partsSql);
  return rows.map(({ schema, table, part, bytes }) => ({ table: `${schema}.${table}`, part, bytes: Number(bytes) }));
};

/** Of months, their parent's names: indexes that were made for a partition stand below the parent's. */
const partsSql = `
  with own as (
    select c.oid, c.reltoastrelid as toast, n.nspname as schema, coalesce(p.relname, c.relname)::text as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  ), parts as (
    select schema, name, 'rows' as part,
           pg_table_size(oid) - coalesce(pg_total_relation_size(nullif(toast, 0)), 0) as bytes from own
    union all
    select schema, name, 'toast', pg_total_relation_size(toast) from own where toast <> 0
    union all
    select schema, name, coalesce(p.relname, c.relname)::text, pg_total_relation_size(c.oid)
      from own join pg_index x on x.indrelid = own.oid join pg_class c on c.oid = x.indexrelid
      left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  )
  select schema, name as table, part, sum(bytes)::text as bytes from parts group by 1, 2, 3 order by 1, 2, 3`;

/** What came to each part since `before`. */
export const grownSince = (before: readonly DiskPart[], after: readonly DiskPart[]): readonly DiskPart[] => {
  const placeOf = ({ table, part }: DiskPart): string => `${table} ${part}`;
  const was = new Map(before.map((one) => [placeOf(one), one.bytes]));
  return after.map((one) => ({ ...one, bytes: one.bytes - (was.get(placeOf(one)) ?? 0) }));
};
