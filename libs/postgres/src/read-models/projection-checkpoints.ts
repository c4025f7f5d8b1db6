import type { Projection } from '@plenum/read-model';
import type { Counters, Position } from '@plenum/runtime';
import type pg from 'pg';
import { translateError } from '../translate-error.ts';

export type ProjectionCheckpoint = Position & { readonly counters: Counters };

/**
 * How much of the log is in what queries see of a projection, and what became of it, by topic and partition; as committed, or
 * as the transaction on `connection` sees it. None before it was prepared. @throws TransientFailure.
 */
export const projectionCheckpoints = async (
  connection: Pick<pg.ClientBase, 'query'>,
  projection: Pick<Projection, 'name'>,
): Promise<readonly ProjectionCheckpoint[]> => {
  const ask = async (text: string, values: unknown[]): Promise<readonly Record<string, string>[]> => {
    try {
      return (await connection.query<Record<string, string>>(text, values)).rows;
    } catch (error) {
      throw translateError(error);
    }
  };
  // Other consumers have their tables in a database in which no projection was prepared yet.
  const made = await ask(`select where to_regclass('plenum.projection') is not null`, []);
  const rows = made.length === 0 ? [] : await ask(checkpointsSql, [projection.name]);
  return rows.map((row) => ({
    topic: row.topic ?? '',
    partition: Number(row.part),
    next: BigInt(row.next_offset ?? 0),
    counters: {
      read: Number(row.read),
      applied: Number(row.applied),
      duplicates: Number(row.duplicates),
      notForIt: Number(row.not_for_it),
      parked: Number(row.parked),
    },
  }));
};

const checkpointsSql = `select topic, part, next_offset, read, applied, duplicates, not_for_it, parked
  from plenum.checkpoint c join plenum.projection p on p.name = c.consumer
   and p.version = c.version and p.generation = c.generation
 where p.name = $1 and p.state = 'active' order by topic, part`;
