/** What queries see of a projection: one view for each table of its active build, all exchanged in one transaction. */
import { type Build, repeatedGroups, tablesOf } from '@plenum/read-model';
import type pg from 'pg';
import {
  listed,
  literal,
  qualified,
  quoted,
  rowColumns,
  rowsName,
  schemaOf,
  storedNames,
  viewOf,
  viewSchemaOf,
} from './names.ts';

/**
 * Makes the views of a build, in place of those of the build that was active. One whose columns stay, though others come
 * behind them, is replaced, and what depends on it stays; another has to be dropped first, and what was granted on it is
 * granted again. @throws the server's error 2BP01 when something depends on one that has to be dropped.
 */
export const exchangeViews = async (
  client: pg.ClientBase,
  build: Build,
  before: Pick<Build, 'name' | 'version' | 'generation'> | undefined,
): Promise<void> => {
  const old = new Map(before === undefined ? [] : await viewsOver(client, before));
  const views = viewsOf(build);
  const replaced = new Set<string>();
  const grants: string[] = [];
  for (const [view, columns] of old) {
    const relation = views.get(view)?.relation;
    if (relation !== undefined && begins(await columnsOf(client, relation), columns)) replaced.add(view);
    else {
      if (relation !== undefined) grants.push(...(await grantsOn(client, view, relation)));
      await client.query(`drop view ${view}`);
    }
  }
  for (const [view, shown] of views) {
    await client.query(viewDdl(view, shown, replaced.has(view) ? 'create or replace' : 'create').join(';\n'));
  }
  for (const grant of grants) await client.query(grant);
};

type Shown = {
  /** What it is made of, in the build's schema. */
  readonly relation: string;
  readonly schema: string;
  readonly columns: readonly string[];
  readonly about: string;
};

/**
 * All views of a build, by name. Beside the view of a ledger with repeated values there is one in which searches find
 * rows by their numbers, and one of each group's values.
 */
const viewsOf = (build: Build): ReadonlyMap<string, Shown> =>
  new Map(
    tablesOf(build).flatMap((table): (readonly [string, Shown])[] => {
      const { about } = table;
      const columns = storedNames(table);
      const relation = qualified(schemaOf(build), table.name);
      const groups = repeatedGroups(table);
      const rows = { relation: qualified(schemaOf(build), rowsName(table)), schema: 'plenum', about };
      const inPlenum = (name: string) => qualified('plenum', `${build.name}_${name}`);
      return [
        [viewOf(build.name, table), { relation, schema: viewSchemaOf(table), columns, about }],
        ...(groups.length === 0
          ? []
          : [[inPlenum(rowsName(table)), { ...rows, columns: rowColumns(table).map(({ name }) => name) }] as const]),
        ...groups.map((group): readonly [string, Shown] => {
          const values = { relation: qualified(schemaOf(build), group.table), schema: 'plenum' };
          return [inPlenum(group.table), { ...values, columns: ['number', ...group.columns], about }];
        }),
      ];
    }),
  );

const viewDdl = (
  view: string,
  { relation, schema, columns, about }: Shown,
  create: 'create' | 'create or replace',
): readonly string[] => [
  // Asked for even where it is there, this needs a right on the whole database.
  ...(['public', 'plenum'].includes(schema) ? [] : [`create schema if not exists ${quoted(schema)}`]),
  `${create} view ${view} as select ${listed(columns)} from ${relation}`,
  `comment on view ${view} is ${literal(about)}`,
];

/** Views of ours over the tables of a build, wherever they are: each is named as `viewOf` says. With their columns. */
const viewsOver = async (
  client: pg.ClientBase,
  build: Pick<Build, 'name' | 'version' | 'generation'>,
): Promise<readonly (readonly [string, readonly string[]])[]> => {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select distinct vn.nspname as schema, v.relname as name
       from pg_class t join pg_namespace tn on tn.oid = t.relnamespace
       join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
        and d.classid = 'pg_rewrite'::regclass
       join pg_rewrite r on r.oid = d.objid
       join pg_class v on v.oid = r.ev_class and v.relkind = 'v' and v.relname in (t.relname, $2 || '_' || t.relname)
        and v.relnamespace <> t.relnamespace
       join pg_namespace vn on vn.oid = v.relnamespace
      where tn.nspname = $1 order by 1, 2`,
    [schemaOf(build), build.name],
  );
  const views: (readonly [string, readonly string[]])[] = [];
  for (const row of rows) {
    const view = qualified(row.schema, row.name);
    views.push([view, await columnsOf(client, view)]);
  }
  return views;
};

/** Names and types, in order. */
const columnsOf = async (client: pg.ClientBase, relation: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ text: string }>(
    `select attname || ' ' || format_type(atttypid, atttypmod) as text
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [relation],
  );
  return rows.map(({ text }) => text);
};

const begins = (columns: readonly string[], first: readonly string[]): boolean =>
  first.every((column, index) => columns[index] === column);

/** What is granted on a view, as statements: on the whole of it, and on columns that its next table has too. */
const grantsOn = async (client: pg.ClientBase, view: string, nextTable: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ statement: string }>(
    `select format('grant %s%s on %s to %s%s', g.privilege_type, part, $1::text,
                   case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
                   case when g.is_grantable then ' with grant option' else '' end) as statement
       from pg_class c
      cross join lateral (
        select '' as part, c.relacl as acl
        union all
        select format('(%I)', a.attname), a.attacl from pg_attribute a
          join pg_attribute n on n.attrelid = to_regclass($2) and n.attname = a.attname
         where a.attrelid = c.oid and a.attnum > 0 and not n.attisdropped) as held
      cross join lateral aclexplode(held.acl) as g
      where c.oid = to_regclass($1) and g.grantee <> c.relowner`,
    [view, nextTable],
  );
  return rows.map(({ statement }) => statement);
};
