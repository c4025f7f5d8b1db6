/** Every calculation that was kept: of projects, and of ceilings that are in none. */
import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  defineFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import { calculationColumns, ceilingColumns, emptied, materialColumns, materialRow } from '../projects/columns.ts';
import { LayoutCalculated } from '../projects/project-events.ts';
import { streamKinds } from '../streams.ts';
import { layoutDecisionsTopic } from '../topics.ts';
import { CalculationKept } from './calculation-events.ts';

export const calculationsTable = defineTable({
  name: 'ceiling_calculations',
  about: 'Layouts as they were calculated, with what they were calculated from.',
  columns: {
    ...decidedColumns,
    calculation_id: { type: 'text', about: 'UUID.' },
    project_id: { type: 'text', nullable: true, about: 'Of which project; NULL: of none.' },
    ...ceilingColumns,
    ...calculationColumns,
    ...materialColumns,
    calculated_by: { type: 'text', about: 'Who asked for it: the id of an identity.' },
    calculated_at: { type: 'timestamptz', about: 'When.' },
  },
  key: ['calculation_id'],
});

export type CalculationsRow = RowOf<typeof calculationsTable>;

const calculatedIn = ({ event }: DecidedEntry) => dataIf(LayoutCalculated, event) ?? dataIf(CalculationKept, event);

const calculations = defineFold<DecidedEntry, CalculationsRow>({
  table: calculationsTable,
  keyOf: (entry) => {
    const data = calculatedIn(entry);
    return data === undefined ? [] : { calculation_id: data.calculation_id };
  },
  fold: (row, entry) => {
    const data = calculatedIn(entry);
    if (data === undefined) return row;
    const { calculation_id, strategy, algorithm, score, ceiling, layout, by } = data;
    const material = 'material' in data ? data.material : undefined;
    return {
      ...{ ...placeOf(entry), calculation_id, project_id: 'project_id' in data ? data.project_id : undefined },
      ...{ ...ceiling, strategy, algorithm, score, ...layout },
      ...(material === undefined ? emptied(materialColumns) : materialRow(material)),
      ...{ calculated_by: by, calculated_at: entry.event.effectiveTimeUs },
    };
  },
});

export const calculationsProjection = defineProjection<DecidedEntry>({
  name: 'ceiling_calculations',
  version: 1,
  about: 'Layouts of ceilings as they were calculated, of projects and of none.',
  topics: [layoutDecisionsTopic.name],
  streams: [streamKinds.project, streamKinds.calculation],
  entry: decidedEntry,
  folds: [calculations],
});
