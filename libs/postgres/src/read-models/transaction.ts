/** One transaction of batches: the port's operations as statements on one connection. */
import { type Build, keyText, type Row, type Table } from '@plenum/read-model';
import {
  type PartitionsTransaction,
  Poison,
  type ReadModelTransaction,
  type RowsTransaction,
  type TopicPartition,
  TransientFailure,
} from '@plenum/runtime';
import {
  type Ahead,
  type CheckpointParts,
  openCheckpoint,
  openCheckpoints,
  type Statements,
} from '../consumers/checkpoint-transaction.ts';
import { translateError } from '../translate-error.ts';
import type { Copies } from './copies.ts';
import type { RepeatedValues } from './repeated-values.ts';
import { rowGone, type TableStatements } from './statements.ts';

export type TransactionParts = Omit<CheckpointParts, 'consumer' | 'lasts' | 'told' | 'ahead'> & {
  readonly projection: Build;
  readonly statementsFor: (table: Table) => TableStatements;
  /** The numbers of repeated values, for this transaction. */
  readonly values: RepeatedValues;
  /** What is known of copies in the build's ledger. */
  readonly copies: Copies;
  /** Hears of rows put into a ledger, for their months. */
  readonly inserted: (table: Table, rows: readonly Row[]) => void;
  /** Where given, nothing is undone but all of it, and nothing is waited for that only says that it is done. */
  readonly hope?: Hope;
};

/**
 * That nothing is refused, and no ledger row is a copy, as it nearly always is. Where it is not so, the transaction is to be
 * begun again without it.
 */
export type Hope = Ahead & {
  /** An attempt was to be undone. */
  undone?: true;
};

/** Locks one checkpoint row and opens the operations. @throws as `openCheckpoint`. */
export const openTransaction = async (parts: TransactionParts, at: TopicPartition): Promise<ReadModelTransaction> => {
  const { onCheckpoint, ...statements } = await openCheckpoint(checkpointParts(parts), at);
  return { ...onCheckpoint, ...rowsIn(parts, statements) };
};

/** The same of several, those that can be locked without waiting; a single one is waited for. */
export const openTogether = async (
  parts: TransactionParts,
  places: readonly TopicPartition[],
): Promise<PartitionsTransaction> => {
  const { partitions, advance, ...statements } = await openCheckpoints(checkpointParts(parts), places);
  return { ...rowsIn(parts, statements), partitions, advance };
};

const checkpointParts = ({ client, begun, frozenMs, projection, hope }: TransactionParts): CheckpointParts => ({
  ...{ client, begun, frozenMs, told },
  ...{ consumer: projection, lasts: 'soon' },
  ...(hope && { ahead: hope }),
});

const rowsIn = (parts: TransactionParts, statements: Statements): RowsTransaction => {
  const { values, copies, hope } = parts;
  const { run, write } = statements;
  return {
    insertNew: async (table, rows) => {
      // Copies inside the batch are sent too: one that will never be accepted is refused wherever batches are cut.
      const numbers = values.known(table, rows) ?? (await values.learn(run, table, rows));
      if (hope !== undefined && !copies.areExpected()) {
        // Waited for all the same: begun again before anything is folded, the caller's remembered rows still hold.
        await run(parts.statementsFor(table).insert(rows, numbers));
        parts.inserted(table, rows);
        return rows.map(() => true);
      }
      const there = await run(parts.statementsFor(table).insertNew(rows, numbers));
      parts.inserted(table, rows);
      const old = new Set(there.map(([position]) => Number(position) - 1));
      const isNew = firstOfEachKey(table, rows).map((isFirst, index) => isFirst && !old.has(index));
      if (isNew.includes(false)) copies.seen();
      return isNew;
    },
    load: async (table, keys) => {
      const { load, readRow } = parts.statementsFor(table);
      const rows = (await run(load(keys))).map(readRow);
      return new Map(rows.map((row) => [keyText(table, row), row]));
    },
    save: async (table, rows, before) => {
      await Promise.all(parts.statementsFor(table).save(rows, before).map(write));
    },
    remove: async (table, keys) => {
      await write(parts.statementsFor(table).remove(keys));
    },
    check: async (table, rows) => {
      const missing = await run(parts.statementsFor(table).check(rows));
      if (missing.length > 0) throw new Poison('23502', `a column of ${table.name} that must hold a value holds none`);
    },
    attempt: hope === undefined ? undoing(parts, statements) : hoping(hope),
  };
};

const undoing =
  ({ client, values }: TransactionParts, { sendAhead }: Statements): RowsTransaction['attempt'] =>
  async (work) => {
    sendAhead('savepoint attempt');
    try {
      const result = await work();
      sendAhead('release savepoint attempt');
      return result;
    } catch (error) {
      // When the connection is gone this fails too, and the error that says why is the first one.
      values.forget();
      await client.query('rollback to savepoint attempt; release savepoint attempt').catch(() => undefined);
      throw error;
    }
  };

/** A savepoint would be two statements of nine, and the answers that have to be waited for before it is released a wait more. */
const hoping =
  (hope: Hope): RowsTransaction['attempt'] =>
  async (work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TransientFailure) throw error;
      hope.undone = true;
      throw new Error('the transaction is begun again', { cause: error });
    }
  };

/** What says nothing of the rows, but that the same batch has to be brought in again. */
const told = (error: unknown): Error => {
  const translated = translateError(error);
  if (!(translated instanceof Poison)) return translated;
  const { code } = translated;
  if (code === rowGone) return new TransientFailure(code, 'a row that was to change is not there', { cause: error });
  return code === checkViolated ? new TransientFailure(code, translated.message, { cause: error }) : translated;
};

/**
 * Our tables have no CHECK of their own, so this one is the partition's: the row was on its way to the default
 * partition while its month was being attached. The same batch again goes to the month.
 */
const checkViolated = '23514';

const firstOfEachKey = (table: Table, rows: readonly Row[]): readonly boolean[] => {
  const seen = new Set<string>();
  return rows.map((row) => {
    const key = keyText(table, row);
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
};
