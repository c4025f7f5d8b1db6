/** Which version of a projection queries see: views in `public`, named as the tables, all exchanged at one moment. */
import { type Projection, type Table, tablesOf } from '@plenum/read-model';
import type { ProjectionState } from '@plenum/runtime';
import type pg from 'pg';
import { listed, literal, qualified, schemaOf, storedNames } from './names.ts';

/**
 * Records that this version is being built; the first of its projection is active at once. Call it under `lockTables`.
 * @throws when a higher version is active.
 */
export const enterVersion = async (client: pg.ClientBase, projection: Projection): Promise<ProjectionState> => {
  const active = await activeVersion(client, projection);
  if (active === undefined) await goOver(client, projection, undefined);
  if (active === undefined || active === projection.version) return 'active';
  await client.query(
    `insert into plenum.projection (name, version, state) values ($1, $2, 'building') on conflict do nothing`,
    [projection.name, projection.version],
  );
  return 'building';
};

/** Makes queries see this version, if they do not yet. Call it under `lockTables`. @throws as `enterVersion`. */
export const activateVersion = async (client: pg.ClientBase, projection: Projection): Promise<void> => {
  const active = await activeVersion(client, projection);
  if (active !== projection.version) await goOver(client, projection, active);
};

const activeVersion = async (client: pg.ClientBase, projection: Projection): Promise<number | undefined> => {
  const { rows } = await client.query<{ version: number }>(
    `select version from plenum.projection where name = $1 and state = 'active'`,
    [projection.name],
  );
  const active = rows[0]?.version;
  if (active !== undefined && active > projection.version) {
    throw new Error(
      `Projection ${projection.name} is at version ${active} here, and this program has version ${projection.version}: ` +
        'run the program that has the later version',
    );
  }
  return active;
};

const goOver = async (client: pg.ClientBase, projection: Projection, older: number | undefined): Promise<void> => {
  if (older !== undefined) {
    // A view cannot be replaced by one with other columns, and a later version may have fewer tables.
    for (const name of await tablesIn(client, schemaOf({ name: projection.name, version: older }))) {
      await client.query(`drop view if exists ${qualified('public', name)}`);
    }
  }
  await client.query(`update plenum.projection set state = 'retired' where name = $1 and state = 'active'`, [
    projection.name,
  ]);
  await client.query(
    `insert into plenum.projection (name, version, state, activated_at) values ($1, $2, 'active', now())
     on conflict (name, version) do update set state = 'active', activated_at = now()`,
    [projection.name, projection.version],
  );
  for (const table of tablesOf(projection).filter(({ hidden }) => hidden !== true))
    await client.query(viewDdl(schemaOf(projection), table).join(';\n'));
};

const viewDdl = (schema: string, table: Table): readonly string[] => {
  const view = qualified(table.schema ?? 'public', table.name);
  const columns = listed(storedNames(table));
  return [
    `create schema if not exists ${table.schema ?? 'public'}`,
    `create view ${view} as select ${columns} from ${qualified(schema, table.name)}`,
    `comment on view ${view} is ${literal(table.about)}`,
  ];
};

const tablesIn = async (client: pg.ClientBase, schema: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition`,
    [schema],
  );
  return rows.map(({ name }) => name);
};
