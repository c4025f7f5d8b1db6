import { type FoldedTables, folding } from '@plenum/read-model';
import type { ParkedKey } from '../consumer/checkpoint-store.ts';
import { type Position, projectionBatches, type Replay } from './projection-events.ts';

/**
 * A projection's tables as of any place in the log, folded from its beginning, everything in memory: for small logs, for
 * tests, and for looking at the past. A partition that `positions` does not name is left out.
 *
 * Rows that a database would refuse are in it, unless `parkedKeys` says what was parked; it has none to ask. A version
 * gap parks here as it does there.
 */
export const foldTo = async (
  replay: Replay,
  positions: readonly Position[],
  parkedKeys: readonly ParkedKey[] = [],
): Promise<FoldedTables> => {
  const { tables, add } = folding(replay.projection);
  const oneTopic = replay.projection.topics.length === 1;
  for await (const batch of projectionBatches(replay, positions, parkedKeys)) {
    for (const replayed of batch) {
      if (replayed.outcome !== 'event') continue;
      const { topic, record, recorded } = replayed;
      add(recorded, oneTopic ? record.key : `${topic} ${record.key}`);
    }
  }
  return tables();
};

/** The ends of a projection's topics as they are now. */
export const endsOf = async ({ log, projection }: Pick<Replay, 'log' | 'projection'>): Promise<readonly Position[]> => {
  const ends: Position[] = [];
  for (const topic of projection.topics) {
    for (const { partition, next } of await log.positions(topic)) ends.push({ topic, partition, next });
  }
  return ends;
};
