/** Names of the streams that decisions about ceilings are kept in. */
import { streamOf } from '@plenum/event';

export const streamKinds = {
  /** Fibre has projects of its own. */
  project: 'ceilingproject',
  calculation: 'calculation',
} as const;

export const projectStream = (projectId: string): string => streamOf(streamKinds.project, projectId);
export const calculationStream = (calculationId: string): string => streamOf(streamKinds.calculation, calculationId);
