/** One batch's transaction: the port's operations as statements on one connection. */
import { keyText, type Projection, type Row, type Table } from '@plenum/read-model';
import {
  type Checkpoint,
  Poison,
  type ReadModelTransaction,
  type Sums,
  type TopicPartition,
  TransientFailure,
} from '@plenum/runtime';
import type pg from 'pg';
import { translateError } from '../translate-error.ts';
import { parkingIn } from './parking.ts';
import { prepared, type Statement, type TableStatements } from './statements.ts';

export type TransactionParts = {
  readonly client: pg.ClientBase;
  /** The answer to BEGIN. */
  readonly begun: Promise<unknown>;
  readonly projection: Projection;
  readonly at: TopicPartition;
  readonly statementsFor: (table: Table) => TableStatements;
  /** Hears of rows put into a ledger, for their months. */
  readonly inserted: (table: Table, rows: readonly Row[]) => void;
  /** How long a member that froze in here may keep the others waiting. */
  readonly frozenMs: number;
};

/**
 * Locks the checkpoint row, waiting for whoever has it, and opens the operations.
 * @throws when there is no such row: FOR UPDATE of nothing locks nothing, and two first consumers would both go on.
 */
export const openTransaction = async (parts: TransactionParts): Promise<ReadModelTransaction> => {
  const { client, begun, projection, at } = parts;
  const place = [projection.name, projection.version, at.topic, at.partition];
  let failedAhead: unknown;
  /** Without waiting for the answer: where this fails the server refuses the statement after it, and that one is awaited. */
  const sendAhead = (text: string): void => {
    client.query(text).catch((error: unknown) => {
      failedAhead ??= error;
    });
  };
  const run = async (statement: Statement): Promise<readonly unknown[][]> => {
    try {
      return (await client.query<unknown[]>(statement)).rows;
    } catch (error) {
      // That the transaction has failed already says nothing; what was sent ahead knows why.
      throw told(isAfterFailure(error) ? (failedAhead ?? error) : error);
    }
  };
  // Locking changes nothing, so it may be asked for before there is certainly a transaction.
  const [, [locked]] = await Promise.all([begun, run(prepared(lockSql, [...place, String(parts.frozenMs)]))]);
  if (locked === undefined) {
    throw new Error(`${projection.name} v${projection.version} was never prepared for ${at.topic}/${at.partition}`);
  }
  const checkpoint = checkpointOf(locked);

  return {
    checkpoint,
    insertNew: async (table, rows) => {
      // Copies inside the batch are sent too: one that will never be accepted is refused wherever batches are cut.
      const there = await run(parts.statementsFor(table).insertNew(rows));
      parts.inserted(table, rows);
      const old = new Set(there.map(([position]) => Number(position) - 1));
      return firstOfEachKey(table, rows).map((isFirst, index) => isFirst && !old.has(index));
    },
    load: async (table, keys) => {
      const { load, readRow } = parts.statementsFor(table);
      const rows = (await run(load(keys))).map(readRow);
      return new Map(rows.map((row) => [keyText(table, row), row]));
    },
    save: async (table, rows) => {
      await run(parts.statementsFor(table).save(rows));
    },
    check: async (table, rows) => {
      const missing = await run(parts.statementsFor(table).check(rows));
      if (missing.length > 0) throw new Poison('23502', `a column of ${table.name} that must hold a value holds none`);
    },
    attempt: async (work) => {
      sendAhead('savepoint attempt');
      try {
        const result = await work();
        sendAhead('release savepoint attempt');
        return result;
      } catch (error) {
        // When the connection is gone this fails too, and the error that tells why is the first one.
        await client.query('rollback to savepoint attempt; release savepoint attempt').catch(() => undefined);
        throw error;
      }
    },
    ...parkingIn(run, place),
    advance: async (next, sums) => {
      const { read, applied, duplicates, notForIt, parked } = sums;
      const changes = [checkpoint.next, next, read, applied, duplicates, notForIt, parked].map(String);
      const moved = await run(prepared(advanceSql, [...place, ...changes]));
      if (moved.length !== 1)
        throw new TransientFailure('fenced', `the checkpoint of ${at.topic}/${at.partition} has moved`);
    },
  };
};

/** In a failed transaction every statement is refused with the same code. */
const isAfterFailure = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '25P02';

/**
 * Our tables have no CHECK of their own, so this one is the partition's: the row was on its way to the default
 * partition while its month was being attached. The same batch again goes to the month.
 */
const told = (error: unknown): Error => {
  const translated = translateError(error);
  return translated instanceof Poison && translated.code === '23514'
    ? new TransientFailure(translated.code, translated.message, { cause: error })
    : translated;
};

/**
 * The settings last until the transaction ends. The commit does not wait for the disk: what a dying server takes with it is
 * projected again (`docs/decisions/0016-read-models-commit-without-waiting.md`). Every row is reached by its primary key, whatever statistics say;
 * and a member that freezes in here loses its connection, or its lock would stop the partition for good.
 */
const lockSql = `select next_offset, read, applied, duplicates, not_for_it, parked,
  set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
  set_config('idle_in_transaction_session_timeout', $5::text, true),
  set_config('synchronous_commit', 'off', true)
from plenum.checkpoint where projection = $1 and projection_version = $2 and topic = $3 and part = $4 for update`;

const advanceSql = `update plenum.checkpoint set next_offset = $6::bigint, read = read + $7::bigint,
  applied = applied + $8::bigint, duplicates = duplicates + $9::bigint, not_for_it = not_for_it + $10::bigint,
  parked = parked + $11::bigint, updated_at = now()
where projection = $1 and projection_version = $2 and topic = $3 and part = $4 and next_offset = $5::bigint returning 1`;

const checkpointOf = (columns: readonly unknown[]): Checkpoint => {
  const [next, read, applied, duplicates, notForIt, parked] = columns.slice(0, 6).map(String);
  const sums: Sums = {
    read: Number(read),
    applied: Number(applied),
    duplicates: Number(duplicates),
    notForIt: Number(notForIt),
    parked: Number(parked),
  };
  return { next: BigInt(next ?? 0), sums };
};

const firstOfEachKey = (table: Table, rows: readonly Row[]): readonly boolean[] => {
  const seen = new Set<string>();
  return rows.map((row) => {
    const key = keyText(table, row);
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
};
