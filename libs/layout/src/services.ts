/** What the routes of layout take. */
import type { DocumentReads, DocumentServices } from '@plenum/document';
import type { Services } from '@plenum/domain';
import type { Sql } from '@plenum/read-model';
import { calculationReads } from './calculations/reads.ts';
import { projectReads } from './projects/reads.ts';

export const layoutReads = (sql: Sql) => ({
  ceilingProjects: projectReads(sql),
  ceilingCalculations: calculationReads(sql),
});

export type LayoutReads = ReturnType<typeof layoutReads>;

/** Clients of replaced systems ask for the files of ceilings here. */
export type LayoutServices = Services<LayoutReads & DocumentReads> & Pick<DocumentServices, 'exportKinds' | 'files'>;
