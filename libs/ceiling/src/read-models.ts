/** What is derived from the events of the ceiling: projections, and what may be asked of their tables. */
import type { Sql } from '@plenum/read-model';
import { nodesProjection } from './nodes/nodes-projection.ts';
import { nodeReads } from './nodes/reads.ts';
import { intervalReads } from './readings/interval-reads.ts';
import { readingsProjection } from './readings/readings-projection.ts';
import { readingReads } from './readings/reads.ts';

export const ceilingProjections = [readingsProjection, nodesProjection];

export const ceilingReads = (sql: Sql) => ({
  nodes: nodeReads(sql),
  readings: readingReads(sql),
  intervals: intervalReads(sql),
});

export type CeilingReads = ReturnType<typeof ceilingReads>;
