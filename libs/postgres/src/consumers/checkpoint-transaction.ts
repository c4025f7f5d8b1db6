/** One transaction on a checkpoint row: locked first, moved by comparing with what was locked. */
import {
  type Checkpoint,
  type CheckpointTransaction,
  ConsumerGone,
  type ConsumerId,
  type TopicPartition,
  TransientFailure,
} from '@plenum/runtime';
import type pg from 'pg';
import { prepared, type Statement } from '../statements/prepared.ts';
import { translateError } from '../translate-error.ts';
import { parkingIn } from './parking.ts';

export type CheckpointParts = {
  readonly client: pg.ClientBase;
  /** The answer to BEGIN. */
  readonly begun: Promise<unknown>;
  readonly consumer: ConsumerId;
  readonly at: TopicPartition;
  /** How long a member that froze in here may keep the others waiting. */
  readonly frozenMs: number;
  /** Whether the commit waits for the disk. */
  readonly lasts: 'at-once' | 'soon';
};

/** The operations on the checkpoint, and how others go through the same transaction. */
export type OpenedCheckpoint = {
  readonly onCheckpoint: CheckpointTransaction;
  readonly run: (statement: Statement) => Promise<readonly unknown[][]>;
  /** Without waiting for the answer: where this fails the server refuses the statement after it, and that one is awaited. */
  readonly sendAhead: (text: string) => void;
};

/**
 * Locks the checkpoint row, waiting for the transaction that has it, and opens the operations. `told` says what an
 * error means.
 * @throws ConsumerGone when there is no such row: FOR UPDATE of nothing locks nothing, and two first consumers would both
 *   go on.
 */
export const openCheckpoint = async (
  parts: CheckpointParts,
  told: (error: unknown) => Error = translateError,
): Promise<OpenedCheckpoint> => {
  const { client, begun, consumer, at } = parts;
  const row = rowOf(consumer, at);
  let failedAhead: unknown;
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
  const lock = prepared(lockSql[parts.lasts], [...row, String(parts.frozenMs)]);
  const [, [locked]] = await Promise.all([begun, run(lock)]);
  if (locked === undefined) throw new ConsumerGone(consumer, at);
  const checkpoint = checkpointOf(locked);

  const onCheckpoint: CheckpointTransaction = {
    checkpoint,
    ...parkingIn(run, row),
    advance: async (next, counters) => {
      const { read, applied, duplicates, notForIt, parked } = counters;
      const changes = [checkpoint.next, next, read, applied, duplicates, notForIt, parked].map(String);
      const moved = await run(prepared(advanceSql, [...row, ...changes]));
      if (moved.length !== 1)
        throw new TransientFailure('fenced', `the checkpoint of ${at.topic}/${at.partition} has moved`);
    },
  };
  return { onCheckpoint, run, sendAhead };
};

/** What a consumer's row in one partition is found by. */
export const rowOf = (consumer: ConsumerId, { topic, partition }: TopicPartition): readonly unknown[] => [
  consumer.name,
  consumer.version,
  consumer.generation,
  topic,
  partition,
];

/** In a failed transaction every statement is refused with the same code. */
const isAfterFailure = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '25P02';

/**
 * The settings last until the transaction ends. Every row is reached by its primary key, whatever statistics say; and a member
 * that freezes in here loses its connection, or its lock would stop the partition for good.
 */
const locking = (more: string): string => `select next_offset, read, applied, duplicates, not_for_it, parked,
  set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
  set_config('idle_in_transaction_session_timeout', $6::text, true)${more}
from plenum.checkpoint where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5 for update`;

const lockSql = {
  'at-once': locking(''),
  // The commit does not wait for the disk: what a dying server takes with it is projected again
  // (`docs/decisions/0016-read-models-commit-without-waiting.md`).
  soon: locking(`,
  set_config('synchronous_commit', 'off', true)`),
} as const;

const advanceSql = `update plenum.checkpoint set next_offset = $7::bigint, read = read + $8::bigint,
  applied = applied + $9::bigint, duplicates = duplicates + $10::bigint, not_for_it = not_for_it + $11::bigint,
  parked = parked + $12::bigint, updated_at = now()
where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5
  and next_offset = $6::bigint returning 1`;

const checkpointOf = (columns: readonly unknown[]): Checkpoint => {
  const [next, read, applied, duplicates, notForIt, parked] = columns.slice(0, 6).map(String);
  const counters = {
    read: Number(read),
    applied: Number(applied),
    duplicates: Number(duplicates),
    notForIt: Number(notForIt),
    parked: Number(parked),
  };
  return { next: BigInt(next ?? 0), counters };
};
