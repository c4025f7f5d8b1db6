import { type DecidedEntry, decidedEntry, defineProjection } from '@plenum/read-model';
import { streamKinds } from '../streams.ts';
import { layoutDecisionsTopic } from '../topics.ts';
import { history } from './history-table.ts';
import { projects } from './projects-table.ts';

export const projectsProjection = defineProjection<DecidedEntry>({
  name: 'ceiling_projects',
  version: 1,
  about: 'Ceiling projects as decided, and what became of each.',
  topics: [layoutDecisionsTopic.name],
  streams: [streamKinds.project],
  entry: decidedEntry,
  folds: [projects, history],
});
