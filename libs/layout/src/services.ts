/** What the routes of layout take. */
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { calculationReads } from './calculations/reads.ts';
import { projectReads } from './projects/reads.ts';

export const layoutReads = (sql: Sql) => ({
  ceilingProjects: projectReads(sql),
  ceilingCalculations: calculationReads(sql),
});

export type LayoutReads = ReturnType<typeof layoutReads>;

export type LayoutServices = Services<LayoutReads>;
