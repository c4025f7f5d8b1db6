/**
 * Read models held against what they ought to be, in one REPEATABLE READ transaction that is rolled back: the projection's
 * tables and checkpoints stand still in it, and what ought to be goes into temporary tables. Those are seen by nobody
 * else, are never written to the WAL, and vanish with the transaction, the connection or the server.
 */
import {
  type Build,
  buildOf,
  type Column,
  geometryBytes,
  type Projection,
  type Row,
  type Table,
  tablesOf,
  type Value,
} from '@plenum/read-model';
import type {
  BuildId,
  RowDifference,
  StagedEntry,
  StagedRow,
  TopicPartition,
  Verification,
  VerificationStore,
} from '@plenum/runtime';
import type pg from 'pg';
import { parkedKeysOf } from '../consumers/parked-keys.ts';
import { columnNames, listed, qualified, quoted, schemaOf, storedColumns, storedNames } from '../read-models/names.ts';
import { projectionCheckpoints } from '../read-models/projection-checkpoints.ts';
import { cursor } from '../snapshot/cursor.ts';
import { inSnapshotOf } from '../snapshot/snapshot-of-builds.ts';
import { type CopiedColumn, copyRows } from './copy-rows.ts';

/** @see VerificationStore. Takes one connection of the pool for as long as it lasts. */
export const postgresVerificationStore = ({ pool }: { readonly pool: pg.Pool }): VerificationStore => ({
  snapshot: (projection, work) =>
    inSnapshotOf(pool, [projection.name], { access: 'with temporary tables' }, async (client, [active]) =>
      work(await openVerification(client, verifiedBuild(projection, active))),
    ),
});

/** @throws when no build is active, or one of another version, which another program knows. */
const verifiedBuild = (projection: Projection, active: BuildId | undefined): Build => {
  if (active?.version === projection.version) return buildOf(projection, active.generation);
  throw new Error(
    `There is nothing to verify: projection ${projection.name} v${projection.version} ` +
      (active === undefined ? 'was never projected into this database' : `is not active here: v${active.version} is`),
  );
};

const openVerification = async (client: pg.PoolClient, projection: Build): Promise<Verification> => {
  const checkpoints = await projectionCheckpoints(client, projection);
  const parkedKeys = await parkedKeysOf(
    async (text, values) => (await client.query(text, [...values])).rows,
    projection,
  );
  for (const table of tablesOf(projection)) {
    if (table !== projection.ledger) await client.query(expectedDdl(projection, table));
  }
  if (projection.ledger !== undefined) await client.query(stagedDdl(projection, projection.ledger));
  const staging = projection.ledger === undefined ? undefined : stagingOf(client, projection, projection.ledger);
  const needsLedger = (): Staging => {
    if (staging === undefined) throw new Error(`projection ${projection.name} has no ledger to stage`);
    return staging;
  };

  return {
    checkpoints,
    parkedKeys,
    stage: (at, entries) => needsLedger().stage(at, entries),
    settleLedger: () => needsLedger().settle(),
    ledgerBy: (fold) => needsLedger().by(fold),
    expect: (table, rows) => {
      const stored = storedColumns(table);
      const columns = stored.map(({ name, type }) => ({ name: quoted(name), type }));
      return copyRows(
        client,
        { target: expectedName(table), columns },
        rows.map((row) => stored.map(({ of }) => row[of])),
      );
    },
    differences: (table) => differencesOf(client, projection, table),
  };
};

const columnOf = (table: Table, name: string): Column => {
  const column = (table.columns as Readonly<Record<string, Column>>)[name]; // Names come from this very object.
  if (column === undefined) throw new Error(`table ${table.name} has no column ${name}`);
  return column;
};

const expectedName = (table: Table): string => qualified('pg_temp', `expected_${table.name}`);
const stagedName = qualified('pg_temp', '#staged');

const expectedDdl = (projection: Build, table: Table): string =>
  `create temp table ${quoted(`expected_${table.name}`)} on commit drop as
    select ${selectedOf(table, 'stored')} from ${qualified(schemaOf(projection), table.name)} as stored with no data`;

/** All that a row has, geometry as its bytes. */
const selectedOf = (table: Table, prefix: string): string =>
  storedColumns(table)
    .map(({ name, type }) => {
      const value = `${prefix}.${quoted(name)}`;
      return type === 'geometry' ? `${geometryBytes(value)} as ${quoted(name)}` : value;
    })
    .join(', ');

/** Names no read model has: where a staged row stands in the log, and which rows of the folds it belongs to. */
const place = { topic: quoted('#topic'), part: quoted('#part'), turn: quoted('#turn') };
const foldKey = (fold: number): string => quoted(`#fold${fold}`);
const changedKey = quoted('#key');

const stagedDdl = (projection: Build, ledger: Table): string => {
  const folds = projection.folds.map((_, index) => `${foldKey(index)} jsonb`);
  const marks = [`${place.topic} text`, `${place.part} integer`, `${place.turn} bigint`, ...folds];
  return `create temp table ${quoted('#staged')} on commit drop as
      select ${selectedOf(ledger, 'stored')} from ${qualified(schemaOf(projection), ledger.name)} as stored with no data;
    alter table ${stagedName} ${marks.map((mark) => `add column ${mark}`).join(', ')};
    create temp table ${quoted(`expected_${ledger.name}`)} (like ${stagedName}) on commit drop`;
};

type Staging = {
  stage(at: TopicPartition, entries: readonly StagedEntry[]): Promise<void>;
  settle(): Promise<readonly (TopicPartition & { readonly rows: number })[]>;
  by(fold: number): AsyncGenerator<readonly StagedRow[], void>;
};

const stagingOf = (client: pg.PoolClient, projection: Build, ledger: Table): Staging => {
  const names = columnNames(ledger);
  const stored = storedColumns(ledger);
  const columns: readonly CopiedColumn[] = [
    ...stored.map(({ name, type }) => ({ name: quoted(name), type })),
    { name: place.topic, type: 'text' },
    { name: place.part, type: 'integer' },
    { name: place.turn, type: 'bigint' },
    ...projection.folds.map((_, index) => ({ name: foldKey(index), type: 'jsonb' as const })),
  ];
  const settled = expectedName(ledger);
  let turn = 0n;

  return {
    stage: (at, entries) =>
      copyRows(
        client,
        { target: stagedName, columns },
        entries.map(({ row, foldKeys }) => {
          turn += 1n;
          const keys = foldKeys.map((texts) => JSON.stringify(texts));
          return [...stored.map(({ of }) => row[of]), at.topic, at.partition, turn, ...keys];
        }),
      ),
    settle: async () => {
      const key = listed(ledger.key);
      await client.query(
        `insert into ${settled} select distinct on (${key}) * from ${stagedName} order by ${key}, ${place.turn}`,
      );
      await client.query(`truncate ${stagedName}`);
      const { rows } = await client.query<{ topic: string; partition: number; rows: string }>(
        `select ${place.topic} as topic, ${place.part} as partition, count(*) as rows from ${settled} group by 1, 2`,
      );
      const counts = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, Number(row.rows)]));
      return (await projectionCheckpoints(client, projection)).map(({ topic, partition }) => {
        return { topic, partition, rows: counts.get(`${topic}/${partition}`) ?? 0 };
      });
    },
    by: async function* (fold) {
      const selected = names.map((name) => exact(name, columnOf(ledger, name)));
      const select = `select ${[changedKey, ...selected].join(', ')} from ${settled}
        cross join lateral jsonb_array_elements_text(${foldKey(fold)}) as changed (${changedKey})
        order by ${changedKey} collate "C", ${place.turn}`;
      for await (const batch of inArrays(client, 'fold_input', select)) {
        yield batch.map(([key, ...values]) => ({ foldKey: String(key), row: rowOf(ledger, names, values) }));
      }
    },
  };
};

const inArrays = (client: pg.PoolClient, name: string, text: string) =>
  cursor<readonly unknown[]>(client, { name, text, rowMode: 'array' });

/** A column so that its text says all of it. */
const exact = (name: string, { type }: Column): string => {
  if (type === 'timestamptz') return `(extract(epoch from ${quoted(name)}) * 1000000)::bigint`;
  return type === 'jsonb' ? `${quoted(name)}::text` : quoted(name);
};

const rowOf = (table: Table, names: readonly string[], values: readonly unknown[]): Row => {
  const row: Record<string, Value> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index];
    const { type } = columnOf(table, name);
    if (value === null) row[name] = undefined;
    else if (type === 'timestamptz') row[name] = Number(value);
    else if (type === 'bigint')
      row[name] = BigInt(value as string); // node-postgres leaves 64 bits as text,
    else row[name] = value as Value; // and gives texts, numbers, booleans and buffers as what they are here.
  }
  return row;
};

async function* differencesOf(
  client: pg.PoolClient,
  projection: Build,
  table: Table,
): AsyncGenerator<RowDifference, void> {
  const names = storedNames(table);
  const stored = qualified(schemaOf(projection), table.name);
  await client.query(`analyze ${expectedName(table)}`);
  const keys = table.key.map(quoted);
  const first = keys[0] ?? '';
  const same = keys.map((key) => `e.${key} = f.${key}`).join(' and ');
  // Boxes have no order, and are equal where their areas are: their texts are compared.
  const compared = (prefix: string): string =>
    storedColumns(table)
      .map(({ name, type }) => `${prefix}.${quoted(name)}${type === 'box' ? '::text' : ''}`)
      .join(', ');
  const texts = (prefix: string): string => names.map((name) => `${prefix}.${quoted(name)}::text`).join(', ');
  const select = `select e.${first} is null, f.${first} is null, ${texts('e')}, ${texts('f')}
    from ${expectedName(table)} e
    full join (select ${selectedOf(table, 'stored')} from ${stored} as stored) f on ${same}
    where e.${first} is null or f.${first} is null or row(${compared('e')}) is distinct from row(${compared('f')})`;

  for await (const batch of inArrays(client, 'differences', select)) {
    for (const [isExtra, isMissing, ...values] of batch) {
      const text = (index: number): string | undefined => (values[index] as string | null) ?? undefined; // Cast to text.
      const expected = names.map((_, index) => text(index));
      const found = names.map((_, index) => text(names.length + index));
      const known = isExtra === true ? found : expected;
      const key = Object.fromEntries(table.key.map((name) => [name, known[names.indexOf(name)]]));
      if (isExtra === true || isMissing === true) yield { key, found: isExtra === true ? 'extra' : 'missing' };
      else {
        const columns = names.map((column, index) => ({ column, expected: expected[index], found: found[index] }));
        yield { key, found: columns.filter((column) => column.expected !== column.found) };
      }
    }
  }
}
