/** One transaction of the read models in memory: layers of changes, which are committed together or not at all. */
import { indexedText, keyText, type Row, type Table, uniqueIndexesOf } from '@plenum/read-model';
import type {
  Checkpoint,
  CheckpointTransaction,
  Counters,
  ParkedRecord,
  TopicPartition,
} from '../consumer/checkpoint-store.ts';
import { Poison, TransientFailure } from '../errors.ts';
import type { RowsTransaction } from '../read-model-store.ts';
import { refusalOf } from './postgres-refusals.ts';

/** Rows to refuse as Poison besides those PostgreSQL would. */
export type Refuses = (table: Table, row: Row) => boolean;

/** What a transaction may do: to rows, and to each partition that it holds, by its place. */
export type Opened = {
  readonly rows: RowsTransaction;
  readonly partitions: readonly (CheckpointTransaction | undefined)[];
};

/** What one transaction, or one attempt inside it, has changed so far. */
type Changes = {
  /** `undefined`: it has ended. */
  readonly rows: Map<string, Map<string, Row | undefined>>;
  /** By place. */
  readonly partitions: readonly (PartitionChanges | undefined)[];
};

type PartitionChanges = {
  readonly parked: ParkedRecord[];
  readonly released: { readonly key: string; readonly through: bigint }[];
  checkpoint: Checkpoint;
};

export type PartitionKept = {
  readonly at: TopicPartition;
  checkpoint: Checkpoint;
  readonly parked: ParkedRecord[];
  /** Settles when the transaction that holds the lock, and all that wait before, are over. */
  busy: Promise<void>;
  /** Transactions that hold the lock or wait for it. */
  waiting: number;
};

export type Committed = (table: string) => Map<string, Row>;

export const openMemoryTransaction = (
  kept: readonly (PartitionKept | undefined)[],
  committed: Committed,
  refuses: Refuses | undefined,
): { readonly opened: Opened; readonly changes: () => Changes } => {
  const locked = kept.map((one) => one?.checkpoint);
  let layers: readonly Changes[] = [noChanges(locked)];
  const top = (): Changes => layers.at(-1) ?? fail('a transaction has changes of its own');
  const find = (table: Table, key: string): Row | undefined => {
    const layer = layers.findLast(({ rows }) => rows.get(table.name)?.has(key));
    return layer === undefined ? committed(table.name).get(key) : layer.rows.get(table.name)?.get(key);
  };
  /** Throws when another row has what this one may hold alone. */
  const refuseTaken = (table: Table, row: Row): void => {
    for (const index of uniqueIndexesOf(table)) {
      const taken = indexedText(index, row);
      const keys = new Set([
        ...committed(table.name).keys(),
        ...layers.flatMap(({ rows }) => [...(rows.get(table.name)?.keys() ?? [])]),
      ]);
      keys.delete(keyText(table, row));
      const other = [...keys]
        .map((key) => find(table, key))
        .find((found) => found && indexedText(index, found) === taken);
      if (taken !== undefined && other !== undefined)
        throw new Poison('23505', `another row of ${table.name} has ${taken}`);
    }
  };
  const refuse = (table: Table, row: Row): void => {
    const refusal = refusalOf(table, row);
    if (refusal !== undefined) throw refusal;
    if (refuses?.(table, row)) throw new Poison('23000', `${table.name} refuses the row`);
  };
  /** Only what differs is written, onto what is there: a caller that is wrong about that gets a row that is wrong. */
  const change = (table: Table, row: Row, before: Row): void => {
    const differing = Object.keys(table.columns).filter((name) => !Object.is(row[name], before[name]));
    if (differing.length === 0) return;
    const there = find(table, keyText(table, row));
    if (there === undefined) throw new TransientFailure('fenced', `a row of ${table.name} is not there`);
    put(table, { ...there, ...Object.fromEntries(differing.map((name) => [name, row[name]])) });
  };
  const rowsOnTop = (table: Table) => top().rows.getOrInsertComputed(table.name, () => new Map());
  const put = (table: Table, row: Row): void => {
    refuseTaken(table, row);
    rowsOnTop(table).set(keyText(table, row), { ...row });
  };

  const rows: RowsTransaction = {
    insertNew: async (table, rows) =>
      rows.map((row) => {
        refuse(table, row);
        const isNew = find(table, keyText(table, row)) === undefined;
        if (isNew) put(table, row);
        return isNew;
      }),
    load: async (table, keys) =>
      new Map(
        keys.flatMap((key) => {
          const text = keyText(table, key);
          const row = find(table, text);
          return row === undefined ? [] : [[text, { ...row }] as const];
        }),
      ),
    save: async (table, rows, before = []) => {
      const keys = new Set(rows.map((row) => keyText(table, row)));
      if (keys.size < rows.length) fail(`${table.name}: one save holds a key twice`);
      for (const row of rows) refuse(table, row);
      for (const [index, row] of rows.entries()) {
        const there = before[index];
        if (there !== undefined) change(table, row, there);
      }
      for (const [index, row] of rows.entries()) if (before[index] === undefined) put(table, row);
    },
    remove: async (table, keys) => {
      for (const key of keys) rowsOnTop(table).set(keyText(table, key), undefined);
    },
    check: async (table, rows) => {
      for (const row of rows) refuse(table, row);
    },
    attempt: async (work) => {
      const outer = layers;
      layers = [...outer, noChanges(top().partitions.map((partition) => partition?.checkpoint))];
      try {
        const result = await work();
        const inner = top();
        layers = outer;
        merge(inner, top());
        return result;
      } finally {
        layers = outer;
      }
    },
  };
  const partitionAt = ({ checkpoint: at, parked: there }: PartitionKept, place: number): CheckpointTransaction => {
    const changesIn = (layer: Changes): PartitionChanges => layer.partitions[place] ?? fail('it is held');
    return {
      checkpoint: at,
      parkedKeys: async (keys) => {
        const parked = new Set([...there, ...layers.flatMap((layer) => changesIn(layer).parked)].map(({ key }) => key));
        return new Set(keys.filter((key) => parked.has(key)));
      },
      park: async (records) => {
        // The value may be a view into a buffer that is used again.
        changesIn(top()).parked.push(...records.map((record) => ({ ...record, value: record.value.slice() })));
      },
      release: async (key, through, { applied, duplicates, notForIt }) => {
        const records = applied + duplicates + notForIt;
        const found = there.filter((record) => record.key === key && record.offset <= through).length;
        if (found !== records) throw new TransientFailure('fenced', `${found} records are parked and not ${records}`);
        const changes = changesIn(top());
        changes.released.push({ key, through });
        const { next, counters } = changes.checkpoint;
        const released = { read: 0, applied, duplicates, notForIt, parked: -records };
        changes.checkpoint = { next, counters: addCounters(counters, released) };
      },
      advance: async (next, counters) => {
        const changes = changesIn(top());
        if (changes.checkpoint.next !== at.next) throw new TransientFailure('fenced', 'the checkpoint has moved');
        changes.checkpoint = { next, counters: addCounters(at.counters, counters) };
      },
    };
  };
  const partitions = kept.map((one, place) => one && partitionAt(one, place));
  return { opened: { rows, partitions }, changes: top };
};

const noChanges = (checkpoints: readonly (Checkpoint | undefined)[]): Changes => ({
  rows: new Map(),
  partitions: checkpoints.map((checkpoint) => checkpoint && { parked: [], released: [], checkpoint }),
});

const merge = (from: Changes, into: Changes): void => {
  for (const [table, rows] of from.rows) {
    const target = into.rows.getOrInsertComputed(table, () => new Map());
    for (const [key, row] of rows) target.set(key, row);
  }
  for (const [place, partition] of from.partitions.entries()) {
    const target = into.partitions[place];
    if (partition === undefined || target === undefined) continue;
    target.parked.push(...partition.parked);
    target.released.push(...partition.released);
    target.checkpoint = partition.checkpoint;
  }
};

/** @returns what undoes it, as long as nothing that was committed later is still there. */
export const commitMemoryTransaction = (
  changes: Changes,
  kept: readonly (PartitionKept | undefined)[],
  committed: Committed,
): (() => void) => {
  const before: (() => void)[] = [];
  for (const [table, rows] of changes.rows) {
    const there = committed(table);
    for (const [key, row] of rows) {
      const old = there.get(key);
      before.push(() => put(there, key, old));
      put(there, key, row);
    }
  }
  for (const [place, partition] of changes.partitions.entries()) {
    const one = kept[place];
    if (partition !== undefined && one !== undefined) before.push(commitPartition(partition, one));
  }
  return () => {
    for (const undo of before) undo();
  };
};

const commitPartition = (changes: PartitionChanges, kept: PartitionKept): (() => void) => {
  const { checkpoint, parked } = kept;
  const parkedBefore = [...parked];
  const isReleased = ({ key, offset }: ParkedRecord): boolean =>
    changes.released.some((released) => released.key === key && offset <= released.through);
  const parkedNow = [...parked.filter((record) => !isReleased(record)), ...changes.parked];
  parked.splice(0, parked.length, ...parkedNow);
  kept.checkpoint = changes.checkpoint;
  return () => {
    parked.splice(0, parked.length, ...parkedBefore);
    kept.checkpoint = checkpoint;
  };
};

const put = (rows: Map<string, Row>, key: string, row: Row | undefined): void =>
  void (row === undefined ? rows.delete(key) : rows.set(key, row));

export const addCounters = (a: Counters, b: Counters): Counters => ({
  read: a.read + b.read,
  applied: a.applied + b.applied,
  duplicates: a.duplicates + b.duplicates,
  notForIt: a.notForIt + b.notForIt,
  parked: a.parked + b.parked,
});

export const fail = (message: string): never => {
  throw new Error(message);
};
