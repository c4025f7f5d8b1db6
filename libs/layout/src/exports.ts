/** What can be had of ceiling projects as files. */
import { nodesProjection } from '@plenum/ceiling';
import { defineDocumentExport, type ExportKind } from '@plenum/domain';
import { formatTimeUs } from '@plenum/event';
import { type Sql, selectedColumns } from '@plenum/read-model';
import { type Static, Type } from 'typebox';
import { calculationsProjection } from './calculations/calculations-projection.ts';
import { calculatedOf } from './documents/calculated.ts';
import { documentFormats, documentOf } from './documents/document-of.ts';
import { projectOf } from './documents/shown-project.ts';
import type { NodePlace } from './drawings/drawn.ts';
import { projectsProjection } from './projects/projects-projection.ts';
import { projectsTable } from './projects/projects-table.ts';
import type { ProjectShown } from './projects/reads.ts';

const options = Type.Object(
  {
    project: Type.String({ description: 'Which ceiling project.', minLength: 1, maxLength: 200 }),
    nodes: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('xy'), Type.Literal('xz')], {
        description:
          'Whether sensor nodes are drawn, and which two of their coordinates, in mm, are the place in the ceiling; `xy` unless said.',
      }),
    ),
    paper: Type.Optional(
      Type.Union([Type.Literal('a4'), Type.Literal('a3')], { description: 'Of a PDF; `a4` unless said.' }),
    ),
    scale: Type.Optional(
      Type.Number({
        description: 'Of an SVG: pixels for a millimetre; 0.5 unless said.',
        ...{ exclusiveMinimum: 0, maximum: 100 },
      }),
    ),
  },
  { additionalProperties: false },
);

const { paper, scale } = options.properties;

/** Of a ceiling in no project. What it is held against besides is `calculatedOf`, whose problems are the reason where it fails. */
const calculationOptions = Type.Object(
  {
    ...{ length_mm: Type.Number(), width_mm: Type.Number(), perimeter_gap_mm: Type.Optional(Type.Number()) },
    ...{ panel_gap_mm: Type.Optional(Type.Number()), target_aspect_ratio: Type.Optional(Type.Number()) },
    ...{ max_panel_dimension_mm: Type.Optional(Type.Number()), min_panel_dimension_mm: Type.Optional(Type.Number()) },
    max_panels_per_dimension: Type.Optional(Type.Integer()),
    strategy: Type.Optional(Type.String({ maxLength: 50 })),
    material: Type.Optional(Type.String({ description: 'Its key; not priced unless given.', maxLength: 200 })),
    waste_factor: Type.Optional(Type.Number({ description: 'As a share.' })),
    labor_multiplier: Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'] })),
    ...{ paper, scale },
  },
  { additionalProperties: false },
);

export const layoutExports: readonly ExportKind[] = [
  defineDocumentExport({
    kind: 'ceiling',
    about: 'One ceiling project: a plan, a picture, a sheet to print, a report, or the document itself.',
    permission: 'read:projects',
    formats: documentFormats,
    projections: [projectsProjection, nodesProjection],
    options,
    compose: async (sql, { options: asked, format, organisation }) => {
      const row = await projectIn(sql, asked.project, organisation);
      if (row === undefined)
        return { outcome: 'refused', code: 'not-found', reason: 'There is no such ceiling project.' };
      const project = projectOf(row);
      if (project === undefined) {
        const reason = 'There is no layout of the ceiling as it is measured now.';
        return { outcome: 'refused', code: 'not-possible', reason };
      }
      const nodes = await nodesFor(sql, asked);
      const { paper, scale } = asked;
      const more = { ...(paper !== undefined && { paper }), ...(scale !== undefined && { scale }) };
      const position = `version ${row.stream_version}`;
      return {
        outcome: 'composed',
        content: documentOf(format, { name: row.name, project, nodes, position, ...more }),
      };
    },
  }),
  defineDocumentExport({
    kind: 'ceiling-calculation',
    about: 'A ceiling that is in no project, as `options` have it.',
    permission: 'read:projects',
    formats: documentFormats,
    // Nothing is read of them: the time that is printed is theirs.
    projections: [projectsProjection, calculationsProjection, nodesProjection],
    options: calculationOptions,
    compose: async (_, { options: asked, format, timeUs }) => {
      const { material, waste_factor, labor_multiplier, paper: on, scale: at, ...ceiling } = asked;
      const found = calculatedOf({ ceiling, material, rates: { waste_factor, labor_multiplier } });
      if ('refused' in found) return { outcome: 'refused', code: 'not-possible', reason: found.refused.reason };
      const project = { ...found.calculated, generated: formatTimeUs(timeUs) };
      const more = { ...(on !== undefined && { paper: on }), ...(at !== undefined && { scale: at }) };
      return { outcome: 'composed', content: documentOf(format, { name: 'Ceiling', project, ...more }) };
    },
  }),
];

/** In a snapshot tables have plain names. */
const projectIn = async (sql: Sql, id: string, organisation?: string): Promise<ProjectShown | undefined> => {
  const [row] = await sql<ProjectShown>(
    `select ${selectedColumns(projectsTable, 'p')} from ceiling_projects p
     where p.project_id = $1 and ($2::text is null or p.organisation = $2)`,
    [id, organisation ?? null],
  );
  return row;
};

/** By id, so that the same rows give the same drawing. A node that has said no place is not drawn. */
const nodesFor = async (sql: Sql, { nodes = 'xy' }: Static<typeof options>): Promise<readonly NodePlace[]> => {
  if (nodes === 'none') return [];
  const other = nodes === 'xy' ? 'y' : 'z';
  const rows = await sql<{ readonly node_id: string; readonly location: Readonly<Record<string, unknown>> | null }>(
    'select node_id, location from sensor_nodes where location is not null order by node_id collate "C"',
    [],
  );
  return rows.flatMap(({ node_id, location }) => {
    const [x, y] = [location?.x, location?.[other]];
    return typeof x === 'number' && typeof y === 'number' ? [{ node_id, x, y }] : [];
  });
};
