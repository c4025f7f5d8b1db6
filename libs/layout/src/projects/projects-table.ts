/** Projects as they are now. */
import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedFold,
  defineTable,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import type { ProjectCreatedV1 } from '../generated/schemas.ts';
import { calculationColumns, ceilingColumns, emptied, materialColumns, materialRow, nullable } from './columns.ts';
import { byOf } from './history-table.ts';
import { costsAt } from './price.ts';
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

export const projectStatuses = ['draft', 'calculated', 'approved', 'archived'] as const;
export type ProjectStatus = (typeof projectStatuses)[number];

const calculation = {
  calculation_id: { type: 'text', about: 'Which calculation the layout is of.' },
  ...calculationColumns,
} as const;

const approval = {
  approved_by: { type: 'text', about: 'Who approved the layout at its price; NULL: nobody did.' },
  approved_at: { type: 'timestamptz', about: 'When that was.' },
} as const;

const costs = {
  material_cost: { type: 'double precision', about: 'Of what is covered, in US dollars.' },
  waste_cost: { type: 'double precision', about: 'Of what is bought besides.' },
  labor_cost: { type: 'double precision', about: 'Of labor.' },
  total_cost: { type: 'double precision', about: 'All three.' },
} as const;

export const projectsTable = defineTable({
  name: 'ceiling_projects',
  about: 'Ceiling projects: what each is called, its ceiling, layout, material and costs as they are now.',
  columns: {
    ...decidedColumns,
    project_id: { type: 'text', about: 'UUID.' },
    name: { type: 'text', about: 'For people.' },
    description: { type: 'text', about: 'For people; perhaps empty.' },
    tags: { type: 'jsonb', json: 'texts', about: 'Words to find it by.' },
    metadata: { type: 'jsonb', about: 'Whatever clients keep with it.' },
    status: {
      type: 'text',
      about: 'draft: there is no layout of the ceiling as it is measured; calculated, approved or archived.',
    },
    ...nullable(ceilingColumns),
    ...nullable(calculation),
    ...materialColumns,
    waste_factor: { type: 'double precision', nullable: true, about: 'What is bought besides, as a fraction.' },
    labor_multiplier: { type: 'double precision', nullable: true, about: 'Labor as a fraction of the material.' },
    ...nullable(costs),
    ...nullable(approval),
    is_archived: { type: 'boolean', about: 'Nothing of it changes until it is restored.' },
    created_by: { type: 'text', about: 'Who made it: the id of an identity.' },
    created_at: { type: 'timestamptz', about: 'When it was made.' },
    changed_by: { type: 'text', about: 'Who last changed it.' },
    changed_at: { type: 'timestamptz', about: 'When something was last decided about it.' },
  },
  key: ['project_id'],
  indexes: [
    ['organisation', 'project_id'],
    ['organisation', 'changed_at'],
  ],
});

export type ProjectsRow = RowOf<typeof projectsTable>;

const nothingYet = {
  ...emptied(ceilingColumns),
  ...emptied(calculation),
  ...emptied(materialColumns),
  ...emptied(costs),
  ...emptied(approval),
  ...{ waste_factor: undefined, labor_multiplier: undefined },
};

export const projects = decidedFold<ProjectCreatedV1, ProjectsRow>({
  table: projectsTable,
  keyOf: ({ id }) => ({ project_id: id }),
  begins: ProjectCreated,
  first: (data, entry) => ({
    ...placeOf(entry),
    ...nothingYet,
    ...{ project_id: entry.id, status: 'draft', is_archived: false },
    ...describedRow(data),
    ...{ created_by: byOf(entry), created_at: entry.event.effectiveTimeUs },
    ...{ changed_by: byOf(entry), changed_at: entry.event.effectiveTimeUs },
  }),
  next: (row, entry) => {
    const changed = { ...row, ...saidBy(entry), ...placeOf(entry) };
    return {
      ...{ ...changed, ...costsOf(changed), status: statusOf(changed) },
      ...{ changed_by: byOf(entry), changed_at: entry.event.effectiveTimeUs },
    };
  },
});

type DescribedData = Pick<ProjectCreatedV1, 'name' | 'description' | 'tags' | 'metadata'>;

const describedRow = ({ name, description, tags, metadata }: DescribedData) => ({
  name,
  description,
  tags: JSON.stringify(tags),
  metadata,
});

const saidBy = (entry: DecidedEntry): Partial<ProjectsRow> => {
  const { event } = entry;
  const renamed = dataIf(ProjectRenamed, event);
  if (renamed !== undefined) return describedRow(renamed);
  const measured = dataIf(CeilingMeasured, event);
  if (measured !== undefined) {
    const { project_id: _, by: __, ...ceiling } = measured;
    return { ...ceiling, ...emptied(calculation), ...emptied(approval) };
  }
  const priced = dataIf(MaterialChanged, event);
  if (priced !== undefined) {
    const { material, waste_factor, labor_multiplier } = priced;
    return { ...materialRow(material), waste_factor, labor_multiplier, ...emptied(approval) };
  }
  const calculated = dataIf(LayoutCalculated, event);
  if (calculated !== undefined) {
    const { calculation_id, strategy, algorithm, score, layout } = calculated;
    return { calculation_id, strategy, algorithm, score, ...layout, ...emptied(approval) };
  }
  if (dataIf(LayoutApproved, event) !== undefined) {
    return { approved_by: byOf(entry), approved_at: event.effectiveTimeUs };
  }
  if (event.type === ProjectArchived.type) return { is_archived: true };
  return event.type === ProjectRestored.type ? { is_archived: false } : {};
};

/** Of a layout and a price; nothing where one of them is not there. */
const costsOf = (row: ProjectsRow): { readonly [K in keyof typeof costs]: number | undefined } => {
  const { material_cost_per_sqm, total_coverage_sqm, waste_factor, labor_multiplier } = row;
  if (material_cost_per_sqm === undefined || total_coverage_sqm === undefined || waste_factor === undefined) {
    return emptied(costs);
  }
  const rates = { waste_factor, labor_multiplier: labor_multiplier ?? null };
  const all = costsAt({ material: { cost_per_sqm: material_cost_per_sqm }, ...rates }, { total_coverage_sqm });
  const { material_cost, waste_cost, labor_cost, total_cost } = all;
  return { material_cost, waste_cost, labor_cost, total_cost };
};

const statusOf = ({ is_archived, approved_at, calculation_id }: ProjectsRow): ProjectStatus => {
  if (is_archived) return 'archived';
  if (approved_at !== undefined) return 'approved';
  return calculation_id === undefined ? 'draft' : 'calculated';
};
