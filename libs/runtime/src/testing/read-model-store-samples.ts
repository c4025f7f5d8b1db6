/** A projection with every kind of column, for what every ReadModelStore owes its callers. */
import type { TestContext } from 'node:test';
import { encodeGeometry } from '@plenum/geometry';
import { type Build, buildOf, defineProjection, lowerCase, type Row, type Table } from '@plenum/read-model';
import type {
  CheckpointReads,
  CheckpointsTransaction,
  CheckpointTransaction,
  Counters,
  TopicPartition,
} from '../consumer/checkpoint-store.ts';
import type { ReadModelStore } from '../read-model-store.ts';

/** What stores of checkpoints and stores of read models have in common. */
export type CheckpointsUnderTest = CheckpointReads & {
  prepare(build: Build, partitions: readonly TopicPartition[]): Promise<unknown>;
  transact<T>(build: Build, at: TopicPartition, work: (tx: CheckpointTransaction) => Promise<T>): Promise<T>;
  transactTogether<T>(
    build: Build,
    places: readonly TopicPartition[],
    work: (tx: CheckpointsTransaction) => Promise<T>,
  ): Promise<T>;
};

/** Two processes' stores over the same, so far empty database. What they hold open, they close when the test ends. */
export type FreshCheckpoints = (t: TestContext) => Promise<readonly [CheckpointsUnderTest, CheckpointsUnderTest]>;
export type FreshStores = (t: TestContext) => Promise<readonly [ReadModelStore, ReadModelStore]>;

/** A store and another over the same database, with the sample projection prepared. */
export const prepared = async <Store extends CheckpointsUnderTest>(
  t: TestContext,
  fresh: (t: TestContext) => Promise<readonly [Store, Store]>,
): Promise<readonly [Store, Store]> => {
  const stores = await fresh(t);
  await stores[0].prepare(projection, partitions);
  return stores;
};

export const at: TopicPartition = { topic: 'contract.things', partition: 0 };
export const partitions: readonly TopicPartition[] = [at, { ...at, partition: 1 }];

const about = 'For the contract.';
export const table: Table = {
  name: 'contract_samples',
  about,
  columns: {
    name: { type: 'text', about },
    note: { type: 'text', nullable: true, about },
    event: { type: 'uuid', nullable: true, about },
    count: { type: 'integer', about },
    big: { type: 'bigint', nullable: true, about },
    ratio: { type: 'double precision', nullable: true, about },
    flag: { type: 'boolean', nullable: true, about },
    moment: { type: 'timestamptz', nullable: true, about },
    facts: { type: 'jsonb', nullable: true, about },
    bytes: { type: 'bytea', nullable: true, about },
    person: { type: 'personal', nullable: true, about },
    place: { type: 'geometry', geometry: 'Point', nullable: true, about },
    label: { type: 'text', nullable: true, about },
  },
  key: ['name'],
  indexes: [['moment', 'count'], { on: [lowerCase('label'), 'count'], unique: true }],
};

export const ledger: Table = {
  name: 'contract_entries',
  about,
  columns: {
    thing: { type: 'text', about },
    time: { type: 'timestamptz', about },
    said: { type: 'text', about },
  },
  key: ['time', 'thing'],
  partitionedBy: 'time',
};

const defined = { name: 'contract', version: 1, about, topics: [at.topic], ledger, folds: [] };
export const projection: Build = buildOf(
  defineProjection<Row>({
    ...defined,
    entry: () => undefined,
    folds: [{ table, keyOf: ({ name }: Row) => ({ name }), fold: (row: Row | undefined, entry: Row) => row ?? entry }],
  }),
);
export const later: Build = { ...projection, version: 2 };

/** So many records read and applied. */
export const counted = (read: number): Counters => ({ read, applied: read, duplicates: 0, notForIt: 0, parked: 0 });

/** A row of the sample table. */
export const sample = (name: string, values: Row = {}): Row => ({ name, count: 0, ...values });

export const extremeValues: Row = {
  note: 'quotes " \' , {} \\ NULL, tab \t, line \n, Büro 🏢',
  event: '0188b1c2-0000-7000-8000-00000000ffff',
  count: 2 ** 31 - 1,
  big: 2n ** 63n - 1n,
  ratio: 0.1 + 0.2,
  flag: true,
  moment: Date.UTC(2199, 11, 31, 23, 59, 59) * 1000 + 999_999,
  facts: '{"a": 1, "b": [true, null, "\\\\u0000"]}',
  bytes: Uint8Array.of(0, 255, 92, 39),
  person: Uint8Array.of(1, 0, 255, 92, 39),
  place: encodeGeometry({ type: 'Point', coordinates: [-180, 89.999_999_999_999] }),
  label: 'Ä',
};
export const leastValues: Row = {
  note: '',
  count: -(2 ** 31),
  big: -(2n ** 63n),
  ratio: -0,
  flag: false,
  moment: Date.UTC(1900, 0, 1) * 1000 + 1,
  facts: 'null',
  bytes: new Uint8Array(0),
  person: new Uint8Array(0),
  place: encodeGeometry({ type: 'Point', coordinates: [0, 0] }),
  label: '',
};

/** Without undefined columns, and bytes as plain ones, whatever subclass the driver makes. */
export const plain = (row: Row | undefined): object =>
  Object.fromEntries(
    Object.entries(row ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  );
