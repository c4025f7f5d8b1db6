/** How much of the log is in the read models that queries see, and the counters that must balance. */
import type { Sql } from '@plenum/read-model';

export type ProjectionCheckpoint = {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read, as text: it may be greater than a double holds exactly. */
  readonly next: string;
  readonly read: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly not_for_it: number;
  readonly parked: number;
  readonly updated_at: string;
};

export type BuildingCheckpoint = Pick<
  ProjectionCheckpoint,
  'projection' | 'version' | 'generation' | 'topic' | 'partition' | 'next'
>;

export type CheckpointReads = {
  /** Of every partition of the active build of every projection, in one snapshot. */
  readonly active: () => Promise<readonly ProjectionCheckpoint[]>;
  /** Of every partition of every build that is under way beside an active one. */
  readonly building: () => Promise<readonly BuildingCheckpoint[]>;
  /** Settles when the database answers. */
  readonly ping: () => Promise<void>;
};

export const checkpointReads = (sql: Sql): CheckpointReads => ({
  active: () =>
    sql(`
      select c.consumer as projection, c.version, c.generation, c.topic, c.part as partition, c.next_offset::text as next,
             c.read, c.applied, c.duplicates, c.not_for_it, c.parked, c.updated_at
        from plenum.checkpoint c
        join plenum.projection s on s.name = c.consumer and s.version = c.version and s.generation = c.generation
       where s.state = 'active' order by c.consumer, c.topic, c.part`),
  building: () =>
    sql(`
      select c.consumer as projection, c.version, c.generation, c.topic, c.part as partition,
             c.next_offset::text as next
        from plenum.checkpoint c
        join plenum.projection s on s.name = c.consumer and s.version = c.version and s.generation = c.generation
       where s.state = 'building' order by c.consumer, c.topic, c.part`),
  ping: async () => {
    await sql('select 1 as answer');
  },
});
