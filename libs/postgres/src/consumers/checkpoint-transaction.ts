/** One transaction on checkpoint rows: locked first, moved by comparing with what was locked. */
import {
  type Checkpoint,
  type CheckpointTransaction,
  ConsumerGone,
  type ConsumerId,
  type Move,
  type PartitionTransaction,
  Poison,
  type TopicPartition,
  TransientFailure,
} from '@plenum/runtime';
import type pg from 'pg';
import { arrayParameter } from '../statements/array-parameter.ts';
import { prepared, type Statement } from '../statements/prepared.ts';
import { translateError } from '../translate-error.ts';
import { parkingIn } from './parking.ts';

export type CheckpointParts = {
  readonly client: pg.ClientBase;
  /** The answer to BEGIN. */
  readonly begun: Promise<unknown>;
  readonly consumer: ConsumerId;
  /** How long a member that froze in here may keep the others waiting. */
  readonly frozenMs: number;
  /** Whether the commit waits for the disk. */
  readonly lasts: 'at-once' | 'soon';
  /** What an error means; as `translateError` says unless given. */
  readonly told?: (error: unknown) => Error;
  /** Where given, statements whose answer says nothing are not waited for. */
  readonly ahead?: Ahead;
};

/** What became of statements that nobody waited for; known once the transaction has ended. */
export type Ahead = {
  /** What failed last says why: the server refuses everything after it, the commit too, unless it is undone. */
  failed?: Error;
};

/** How others go through the same transaction. */
export type Statements = {
  readonly run: (statement: Statement) => Promise<readonly unknown[][]>;
  /** Without waiting for the answer: where this fails the server refuses the statement after it, and that one is awaited. */
  readonly sendAhead: (statement: string | Statement) => void;
  /** Waits, unless the transaction is told afterwards what failed. */
  readonly write: (statement: Statement) => Promise<void>;
};

const statementsOn = ({ client, told = translateError, ahead }: CheckpointParts): Statements => {
  const said: Ahead = ahead ?? {};
  /** What an answer of the server comes to: in a transaction that has failed it says nothing, and what failed before knows why. */
  const reasonOf = (error: unknown): Error => {
    if (isAfterFailure(error)) return said.failed ?? told(error);
    said.failed = told(error);
    return said.failed;
  };
  const statements: Statements = {
    run: async (statement) => {
      try {
        return (await client.query<unknown[]>(statement)).rows;
      } catch (error) {
        throw reasonOf(error);
      }
    },
    sendAhead: (statement) => {
      client.query(statement as Statement).catch(reasonOf);
    },
    write: async (statement) => {
      if (ahead === undefined) await statements.run(statement);
      else statements.sendAhead(statement);
    },
  };
  return statements;
};

/**
 * Locks the checkpoint row, waiting for the transaction that has it, and opens the operations.
 * @throws ConsumerGone when there is no such row: FOR UPDATE of nothing locks nothing, and two first consumers would both
 *   go on.
 */
export const openCheckpoint = async (
  parts: CheckpointParts,
  at: TopicPartition,
): Promise<Statements & { readonly onCheckpoint: CheckpointTransaction }> => {
  const statements = statementsOn(parts);
  const { run } = statements;
  const row = rowOf(parts.consumer, at);
  // Locking changes nothing, so it may be asked for before there is certainly a transaction.
  const lock = prepared(lockSql[parts.lasts], [...row, String(parts.frozenMs)]);
  const [, [locked]] = await Promise.all([parts.begun, run(lock)]);
  if (locked === undefined) throw new ConsumerGone(parts.consumer, at);
  const checkpoint = checkpointOf(locked);

  const onCheckpoint: CheckpointTransaction = {
    checkpoint,
    ...parkingIn(run, row),
    advance: (next, counters) => advance(statements, parts, [{ at, checkpoint, next, counters }]),
  };
  return { ...statements, onCheckpoint };
};

/** Of each place, in the order given: `undefined` where another transaction has the checkpoint, or there is none. */
export type OpenedCheckpoints = Statements & {
  readonly partitions: readonly (PartitionTransaction | undefined)[];
  readonly advance: (moves: readonly Move[]) => Promise<void>;
};

/**
 * Locks what can be locked without waiting: of two that hold some and wait for others, none would go on. A single one is
 * waited for. @throws as `openCheckpoint`, of a single one.
 */
export const openCheckpoints = async (
  parts: CheckpointParts,
  places: readonly TopicPartition[],
): Promise<OpenedCheckpoints> => {
  const [only, ...others] = places;
  if (only !== undefined && others.length === 0) return openAlone(parts, only);
  const statements = statementsOn(parts);
  const { run } = statements;
  const { name, version, generation } = parts.consumer;
  const wanted = [name, version, generation, ...placesOf(places), String(parts.frozenMs)];
  const [, rows] = await Promise.all([parts.begun, run(prepared(lockTogetherSql[parts.lasts], wanted))]);
  const locked = new Map(rows.map(([position, ...columns]) => [Number(position) - 1, checkpointOf(columns)]));
  const partitions = places.map((at, index) => {
    const checkpoint = locked.get(index);
    return checkpoint && { checkpoint, ...parkingIn(run, rowOf(parts.consumer, at)) };
  });
  return {
    ...statements,
    partitions,
    advance: async (moves) => {
      const from = moves.map((move): MoveFrom => {
        const { topic, partition } = move.at;
        const index = places.findIndex((place) => place.topic === topic && place.partition === partition);
        const checkpoint = locked.get(index);
        if (checkpoint === undefined) throw new Error(`the checkpoint of ${topic}/${partition} is not held`);
        return { ...move, checkpoint };
      });
      await advance(statements, parts, from);
    },
  };
};

const openAlone = async (parts: CheckpointParts, at: TopicPartition): Promise<OpenedCheckpoints> => {
  const { onCheckpoint, ...statements } = await openCheckpoint(parts, at);
  return {
    ...statements,
    partitions: [onCheckpoint],
    advance: async (moves) => {
      for (const { next, counters } of moves) await onCheckpoint.advance(next, counters);
    },
  };
};

type MoveFrom = Move & { readonly checkpoint: Checkpoint };

const advance = async (
  { run, sendAhead }: Statements,
  { consumer: { name, version, generation }, ahead }: CheckpointParts,
  moves: readonly MoveFrom[],
): Promise<void> => {
  const counts = (['read', 'applied', 'duplicates', 'notForIt', 'parked'] as const).map((counter) =>
    arrayParameter(
      'bigint',
      moves.map(({ counters }) => BigInt(counters[counter])),
    ),
  );
  const offsets = [moves.map(({ checkpoint }) => checkpoint.next), moves.map(({ next }) => next)];
  const columns = [
    ...placesOf(moves.map(({ at }) => at)),
    ...offsets.map((all) => arrayParameter('bigint', all)),
    ...counts,
  ];
  const statement = prepared(advanceSql, [name, version, generation, ...columns]);
  if (ahead !== undefined) {
    sendAhead(statement);
    return;
  }
  const moved = await run(statement).catch((error: unknown) => {
    if (error instanceof Poison && error.code === notThere) return [];
    throw error;
  });
  if (moved.length !== moves.length) {
    const where = moves.map(({ at }) => `${at.topic}/${at.partition}`).join(', ');
    throw new TransientFailure('fenced', `a checkpoint has moved: one of ${where}`);
  }
};

/** PostgreSQL's code for NULL in a column that must hold something: the next offset of a checkpoint that has moved. */
const notThere = '23502';

const placesOf = (places: readonly TopicPartition[]): readonly [Buffer, Buffer] => [
  arrayParameter(
    'text',
    places.map(({ topic }) => topic),
  ),
  arrayParameter(
    'integer',
    places.map(({ partition }) => partition),
  ),
];

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
 * The settings last until the transaction ends. Every row is reached by its primary key, whatever statistics say, and whatever is
 * asked for, so that a plan once made is good; and a member
 * that freezes in here loses its connection, or its lock would stop the partition for good.
 */
const settings = (
  frozenMs: string,
): string => `set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true),
  set_config('idle_in_transaction_session_timeout', ${frozenMs}::text, true)`;

// The commit does not wait for the disk: what a dying server takes with it is projected again
// (`docs/decisions/0016-read-models-commit-without-waiting.md`).
const withoutWaiting = `,
  set_config('synchronous_commit', 'off', true)`;

const lockOne = (more: string): string => `select next_offset, read, applied, duplicates, not_for_it, parked,
  ${settings('$6')}${more}
from plenum.checkpoint where consumer = $1 and version = $2 and generation = $3 and topic = $4 and part = $5 for update`;

const lockSql = { 'at-once': lockOne(''), soon: lockOne(withoutWaiting) } as const;

/** LIMIT keeps the planner from making a join over all rows of the probe for each. */
const lockTogether = (more: string): string => `select wanted.position, held.*,
  ${settings('$6')}${more}
from unnest($4::text[], $5::int[]) with ordinality as wanted (topic, part, position)
cross join lateral (
  select next_offset, read, applied, duplicates, not_for_it, parked from plenum.checkpoint as c
   where c.consumer = $1 and c.version = $2 and c.generation = $3 and c.topic = wanted.topic and c.part = wanted.part
   limit 1 for update skip locked
) as held`;

const lockTogetherSql = { 'at-once': lockTogether(''), soon: lockTogether(withoutWaiting) } as const;

/** One that has moved is refused by the server, so that nobody has to look at the answer before the commit. */
const advanceSql = `update plenum.checkpoint as c set
  next_offset = case when c.next_offset = moved.from_offset then moved.to_offset end, read = c.read + moved.read,
  applied = c.applied + moved.applied, duplicates = c.duplicates + moved.duplicates,
  not_for_it = c.not_for_it + moved.not_for_it, parked = c.parked + moved.parked, updated_at = now()
from unnest($4::text[], $5::int[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
  as moved (topic, part, from_offset, to_offset, read, applied, duplicates, not_for_it, parked)
where c.consumer = $1 and c.version = $2 and c.generation = $3 and c.topic = moved.topic and c.part = moved.part
returning 1`;

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
