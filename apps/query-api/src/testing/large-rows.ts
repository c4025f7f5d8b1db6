/** Tables filled past everything that is checked where messages come in: rows as they may be from before those bounds. */

import type { TestContext } from 'node:test';
import { projections, topics } from '@plenum/catalogue';
import { postgresReadModelStore } from '@plenum/postgres';
import { makeInsertable, testDatabase } from '@plenum/postgres/testing';
import { buildOf } from '@plenum/read-model';
import { silentLogger } from '@plenum/runtime/testing';

export type Pool = Awaited<ReturnType<typeof testDatabase>>['pool'];

/** A database with the tables of all read models, empty. */
export const preparedDatabase = async (t: TestContext) => {
  const { pool, url } = await testDatabase(t);
  await prepareTables(pool);
  return { pool, url };
};

/** The tables of all read models. */
export const prepareTables = async (pool: Pool): Promise<void> => {
  const store = postgresReadModelStore({ pool, logger: silentLogger });
  for (const projection of projections.map((one) => buildOf(one))) {
    const partitions = topics
      .filter(({ name }) => projection.topics.includes(name))
      .flatMap((topic) =>
        Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition })),
      );
    await store.prepare(projection, partitions);
    await makeInsertable(pool, projection);
  }
};

const byType: Readonly<Record<string, string>> = {
  text: `'t' || lpad(i::text, 6, '0')`,
  uuid: `('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid`,
  integer: 'i',
  bigint: 'i',
  'double precision': 'i',
  boolean: 'true',
  'timestamp with time zone': `timestamptz '2026-03-04T09:00:00Z' + i * interval '1 second'`,
  jsonb: `'[]'::jsonb`,
  bytea: `'\\x00'::bytea`,
};

/** Text that names a person, as rows of before it was encrypted have it. */
const plainPersonal = (text: string): string => `'\\x00'::bytea || convert_to(${text}, 'UTF8')`;

/** So many rows, numbered `i` from 1; SQL for the columns that matter, anything that fits for the others. */
export const fillTable = async (
  pool: Pool,
  table: string,
  { rows, columns: given }: { readonly rows: number; readonly columns: Readonly<Record<string, string>> },
): Promise<void> => {
  const [schema, name] = table.split('.');
  const { rows: columns } = await pool.query<{ readonly name: string; readonly type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = $1 and table_name = $2 order by ordinal_position`,
    [schema, name],
  );
  const values = columns.map(({ name: column, type }) => {
    const value = given[column];
    if (value === undefined) return byType[type];
    return type === 'bytea' ? plainPersonal(value) : value;
  });
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  await pool.query(`insert into ${table} (${names}) select ${values.join(', ')} from generate_series(1, ${rows}) as i`);
};
