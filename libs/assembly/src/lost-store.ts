/** A store of decisions that was lost, or another database in its place: noticed before anything is decided in it. */
import type { Database } from '@plenum/postgres';
import { query } from '@plenum/postgres';
import type { Log } from '@plenum/runtime';
import { decisionTopics } from './open-decisions.ts';

/** The log has decisions that this database knows nothing of. */
export class StoreLost extends Error {
  constructor() {
    super(
      'the log holds decisions, and the store of decisions in this database is empty: what is decided now would ' +
        'contradict them. To make the store again from the log: npm run plenum -- replay rebuild-decisions',
    );
    this.name = 'StoreLost';
  }
}

/**
 * Call before the first decision, when the store's tables are there.
 * @throws {StoreLost}; TransientFailure.
 */
export const refuseLostStore = async (database: Pick<Database, 'pool'>, log: Pick<Log, 'positions'>): Promise<void> => {
  // The log first: what is in it was in the store before.
  const ends = await Promise.all(decisionTopics.map(({ name }) => log.positions(name)));
  if (ends.flat().every(({ next }) => next === 0n)) return;
  const [found] = await query<{ readonly any: boolean }>(
    database.pool,
    'select exists (select from plenum_store.stream) as any',
  );
  if (found?.any !== true) throw new StoreLost();
};
