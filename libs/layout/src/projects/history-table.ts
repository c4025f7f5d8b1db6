/** What became of each project, decision by decision. */
import type { Event } from '@plenum/event';
import { type DecidedEntry, decidedColumns, defineFold, defineTable, placeOf, type RowOf } from '@plenum/read-model';
import {
  CeilingMeasured,
  LayoutApproved,
  LayoutCalculated,
  MaterialChanged,
  ProjectArchived,
  ProjectCreated,
  ProjectRenamed,
  ProjectRestored,
} from './project-events.ts';

export const historyTable = defineTable({
  name: 'ceiling_project_history',
  about: 'Every decision about every ceiling project: what, by whom and when.',
  columns: {
    ...decidedColumns,
    project_id: { type: 'text', about: 'Which project.' },
    what: {
      type: 'text',
      about: 'created, renamed, measured, material-changed, calculated, approved, archived or restored.',
    },
    by: { type: 'text', about: 'Who did it: the id of an identity.' },
    decided_at: { type: 'timestamptz', about: 'When.' },
    said: { type: 'jsonb', about: 'All that was decided, as the event has it.' },
  },
  key: ['project_id', 'stream_version'],
});

export type HistoryRow = RowOf<typeof historyTable>;

/** Who did it: every event of a project says so. */
export const byOf = ({ event }: DecidedEntry): string => (event.data as { readonly by: string }).by;

const words: Readonly<Record<string, string>> = {
  [ProjectCreated.type]: 'created',
  [ProjectRenamed.type]: 'renamed',
  [CeilingMeasured.type]: 'measured',
  [MaterialChanged.type]: 'material-changed',
  [LayoutCalculated.type]: 'calculated',
  [LayoutApproved.type]: 'approved',
  [ProjectArchived.type]: 'archived',
  [ProjectRestored.type]: 'restored',
};

export const history = defineFold<DecidedEntry, HistoryRow>({
  table: historyTable,
  keyOf: ({ id, version }) => ({ project_id: id, stream_version: version }),
  fold: (_, entry) => ({
    ...placeOf(entry),
    project_id: entry.id,
    what: words[entry.event.type] ?? entry.event.type,
    by: byOf(entry),
    decided_at: entry.event.effectiveTimeUs,
    said: saidIn(entry.event),
  }),
});

const saidIn = ({ data }: Event): string => {
  const { project_id: _, by: __, metadata, ...said } = data as Readonly<Record<string, unknown>>; // Events are records.
  return JSON.stringify(typeof metadata === 'string' ? { ...said, metadata: JSON.parse(metadata) } : said);
};
