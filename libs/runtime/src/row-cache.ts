/**
 * State rows between batches, so that hot ones are not read again for every batch.
 *
 * What one process remembers of a partition is true exactly as long as the checkpoint is as that process left it: every
 * writer moves it forward in the transaction of the rows, or, when parked records are released, counts fewer of them. So
 * rows are handed out only for that checkpoint, and handing them out forgets them: they come back with the next one once
 * the transaction has committed, and stay forgotten when it has not, or when nobody knows.
 */
import type { Row } from '@plenum/read-model';
import type { Checkpoint, TopicPartition } from './consumer/checkpoint-store.ts';

/** By table, then by key text. */
export type RememberedRows = Map<string, Map<string, Row>>;

export type RowCache = {
  /** Rows of a partition as they are at a checkpoint; none where that is not known. Forgets them. */
  take(at: TopicPartition, checkpoint: CheckpointMark): RememberedRows;
  /** Remembers rows as committed with this checkpoint. */
  put(at: TopicPartition, checkpoint: CheckpointMark, rows: RememberedRows): void;
};

/** Distinguishes checkpoints of a partition: no two have the same offset and the same count of parked records. */
export type CheckpointMark = { readonly next: bigint; readonly parked: number };

export const markOf = ({ next, counters: { parked } }: Checkpoint): CheckpointMark => ({ next, parked });

/**
 * Remembers the rows last used, at most so many per table and partition, and none with long texts: those are rare, and
 * two thousand of them would be as large as memory.
 */
export const rowCache = (rowsMax = 2_048): RowCache => {
  const partitions = new Map<string, CheckpointMark & { readonly rows: RememberedRows }>();
  const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

  return {
    take: (at, { next, parked }) => {
      const found = partitions.get(nameOf(at));
      partitions.delete(nameOf(at));
      return found?.next === next && found.parked === parked ? found.rows : new Map();
    },
    put: (at, { next, parked }, rows) => {
      for (const table of rows.values()) dropOldest(table, rowsMax);
      partitions.set(nameOf(at), { next, parked, rows });
    },
  };
};

/** Remembers nothing: every batch loads the rows it touches. */
export const noRowCache: RowCache = { take: () => new Map(), put: () => undefined };

/** Adds a row as the one last used; where there is none, forgets what was there. */
export const remember = (table: Map<string, Row>, key: string, row: Row | undefined): void => {
  table.delete(key); // A map keeps the order of insertion, so the one last used goes to the end.
  if (row !== undefined && isSmall(row)) table.set(key, row);
};

const textLengthMax = 4_096;

const isSmall = (row: Row): boolean => {
  let length = 0;
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'string' || value instanceof Uint8Array) length += value.length;
  }
  return length <= textLengthMax;
};

const dropOldest = (table: Map<string, Row>, rowsMax: number): void => {
  for (const key of table.keys()) {
    if (table.size <= rowsMax) return;
    table.delete(key);
  }
};
