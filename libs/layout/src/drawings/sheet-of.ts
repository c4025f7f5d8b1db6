/** The sheet that people print and sign. */
import type { Sheet, SheetTable } from '@plenum/drawing';
import { costsOf } from '../costs/costs.ts';
import { dateAndTime, dollars, fixed, panelSize } from '../figures.ts';
import type { Project } from '../project-document/project-document.ts';
import { cuttingList } from '../report/cutting-list.ts';
import type { NodePlace } from './drawn.ts';
import { planDrawing } from './plan-drawing.ts';

export type SheetAsked = {
  readonly name: string;
  readonly project: Project;
  readonly paper: Sheet['paper'];
  readonly nodes?: readonly NodePlace[];
  /** Of the log: what the sheet shows is as of then. */
  readonly position?: string;
};

export const sheetOf = ({ name, project, paper, nodes = [], position }: SheetAsked): Sheet => {
  const { ceiling, layout, material } = project;
  const drawn = { title: name, ceiling, layout, nodes, ...(material === undefined ? {} : { material }) };
  return {
    // A line of text that reaches farther than the ceiling would make all of it smaller on its paper.
    drawing: planDrawing(drawn, { isCaptioned: false }),
    paper,
    titleBlock: [
      ['Project', name],
      ['Ceiling', `${ceiling.length_mm} × ${ceiling.width_mm} mm`],
      ['Panels', `${layout.total_panels} (${layout.panels_per_row} × ${layout.panels_per_column})`],
      ['Panel size', `${panelSize(layout)} mm`],
      ['Gaps', `perimeter ${ceiling.perimeter_gap_mm} mm, panels ${ceiling.panel_gap_mm} mm`],
      ...(material === undefined ? [] : [['Material', materialLine(material)] as const]),
      ...totalLines(project),
      ['Generated', `${dateAndTime(project.generated)} UTC`],
      ...(position === undefined ? [] : [['As of', position] as const]),
    ],
    tables: [cuttingTable(project), ...costTables(project)],
  };
};

const materialLine = ({ name, color }: { readonly name: string; readonly color: string }): string =>
  color === '' ? name : `${name}, ${color}`;

/** `Total cost` is that of the panels alone, in every document. */
const totalLines = (project: Project): readonly (readonly [string, string])[] => {
  const costs = projectCosts(project);
  if (costs === undefined) return [];
  return [
    ['Total cost', dollars(costs.material_cost)],
    ['With waste and labor', dollars(costs.total_cost)],
  ];
};

const cuttingTable = ({ layout }: Project): SheetTable => ({
  heading: 'Cutting list',
  columns: ['Panel', 'Width mm', 'Length mm', 'Pieces'],
  rows: cuttingList(layout).map(({ panel_width_mm, panel_length_mm, pieces }, index) => [
    `${index + 1}`,
    fixed(panel_width_mm, 1),
    fixed(panel_length_mm, 1),
    `${pieces}`,
  ]),
});

const costTables = (project: Project): readonly SheetTable[] => {
  const costs = projectCosts(project);
  if (costs === undefined) return [];
  return [
    {
      heading: 'Costs',
      columns: ['What', 'm²', 'USD'],
      rows: [
        ['Panels', fixed(costs.material_coverage_sqm, 2), dollars(costs.material_cost)],
        ['Waste', fixed(costs.waste_coverage_sqm, 2), dollars(costs.waste_cost)],
        ['Material', fixed(costs.total_coverage_sqm, 2), dollars(costs.total_material_cost)],
        ['Labor', '', dollars(costs.labor_cost)],
        ['With waste and labor', '', dollars(costs.total_cost)],
      ],
    },
  ];
};

const projectCosts = ({ layout, material, waste_factor, labor_multiplier }: Project) =>
  material === undefined
    ? undefined
    : costsOf(layout.total_coverage_sqm, { cost_per_sqm: material.cost_per_sqm, waste_factor, labor_multiplier });
