/** Every question the API can ask of read models, over one door. */
import {
  type IntervalReads,
  intervalReads,
  type NodeReads,
  nodeReads,
  type ReadingReads,
  readingReads,
} from '@plenum/ceiling';
import { type QuarantineReads, quarantineReads } from '@plenum/quarantine';
import type { Sql } from '@plenum/read-model';
import { type CheckpointReads, checkpointReads } from './bookkeeping/checkpoints.ts';
import { type ParkedReads, parkedReads } from './bookkeeping/parked.ts';

export type Reads = {
  readonly nodes: NodeReads;
  readonly readings: ReadingReads;
  readonly intervals: IntervalReads;
  readonly quarantine: QuarantineReads;
  readonly parked: ParkedReads;
  readonly checkpoints: CheckpointReads;
};

export const readsOver = (sql: Sql): Reads => ({
  nodes: nodeReads(sql),
  readings: readingReads(sql),
  intervals: intervalReads(sql),
  quarantine: quarantineReads(sql),
  parked: parkedReads(sql),
  checkpoints: checkpointReads(sql),
});
