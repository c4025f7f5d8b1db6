/** The report that people print and file: plain text, 60 characters wide, UTF-8. */
import { oneLine } from '@plenum/drawing';
import { costsOf, materialCost } from '../costs/costs.ts';
import { dateAndTime, dollars, fixed, panelSize } from '../figures.ts';
import type { Material } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import { areaOf, type Project } from '../project-document/project-document.ts';
import { cuttingList } from './cutting-list.ts';

const lineWidth = 60;

/** `generated` is printed as it is given, to the second. Sections of the material are there where there is one. */
export const reportText = (project: Project): string => {
  const { layout, material } = project;
  const sections = [
    dimensionsOf(project),
    spacingOf(project),
    panelsOf(layout),
    coverageOf(project),
    ...(material === undefined ? [] : [specificationOf(material), requirementsOf(project, material)]),
    cuttingOf(layout),
  ];
  const rule = '='.repeat(lineWidth);
  const header = [rule, 'CEILING PANEL LAYOUT REPORT', rule, `Generated: ${dateAndTime(oneLine(project.generated))}`];
  return `${[header, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n\n${rule}\n`;
};

type Lines = readonly string[];

const section = (title: string, entries: readonly (readonly [label: string, value: string])[]): Lines => [
  title,
  '-'.repeat(lineWidth),
  ...entries.map(([label, value]) => `${`${label}:`.padEnd(20)} ${value}`),
];

const dimensionsOf = ({ ceiling }: Project): Lines => {
  const length = (mm: number) => `${padded(mm, 1, 10)} mm  (${padded(mm / 1000, 2, 6)} m)`;
  return section('CEILING DIMENSIONS', [
    ['Length', length(ceiling.length_mm)],
    ['Width', length(ceiling.width_mm)],
    ['Area', `${padded(areaOf(ceiling), 2, 10)} m²`],
  ]);
};

const spacingOf = ({ ceiling }: Project): Lines =>
  section('SPACING SPECIFICATIONS', [
    ['Perimeter Gap', `${padded(ceiling.perimeter_gap_mm, 1, 6)} mm`],
    ['Panel Gap', `${padded(ceiling.panel_gap_mm, 1, 6)} mm`],
  ]);

const panelsOf = (layout: PanelLayout): Lines =>
  section('PANEL LAYOUT (OPTIMIZED)', [
    ['Panel Dimensions', `${panelSize(layout)} mm`],
    ['Panel Area', `${fixed((layout.panel_width_mm * layout.panel_length_mm) / 1e6, 4)} m²`],
    ['Panels Per Row', `${layout.panels_per_row}`],
    ['Panels Per Column', `${layout.panels_per_column}`],
    ['Total Panels', `${layout.total_panels}`],
  ]);

const coverageOf = ({ ceiling, layout }: Project): Lines =>
  section('COVERAGE ANALYSIS', [
    ['Panel Coverage', `${padded(layout.total_coverage_sqm, 2, 8)} m²`],
    ['Gap/Service Area', `${padded(layout.gap_area_sqm, 2, 8)} m²`],
    ['Coverage %', `${padded((layout.total_coverage_sqm / areaOf(ceiling)) * 100, 1, 8)}%`],
  ]);

const specificationOf = (material: Material): Lines =>
  section('MATERIAL SPECIFICATION', [
    ['Product', oneLine(material.name)],
    ['Category', material.category],
    ['Color', oneLine(material.color)],
    ['Reflectivity', `${fixed(material.reflectivity * 100, 0)}%`],
    ['Cost/m²', `$${fixed(material.cost_per_sqm, 2)}`],
    ['Notes', oneLine(material.notes)],
  ]);

/** `Total Cost` is that of the panels alone, as it always was; what waste and labor add stands below it. */
const requirementsOf = ({ layout, waste_factor, labor_multiplier }: Project, { cost_per_sqm }: Material): Lines => {
  const costs = costsOf(layout.total_coverage_sqm, { cost_per_sqm, waste_factor, labor_multiplier });
  return section('MATERIAL REQUIREMENTS & COST', [
    ['Panels Required', `${layout.total_panels} units`],
    ['Total m²', fixed(layout.total_coverage_sqm, 2)],
    ['Total Cost', dollars(materialCost(layout.total_coverage_sqm, cost_per_sqm))],
    [`Waste (${percent(waste_factor)})`, dollars(costs.waste_cost)],
    ...(labor_multiplier === null
      ? []
      : [[`Labor (${percent(labor_multiplier)})`, dollars(costs.labor_cost)] as const]),
    ['With Waste & Labor', dollars(costs.total_cost)],
  ]);
};

const cuttingOf = (layout: PanelLayout): Lines =>
  section(
    'CUTTING LIST',
    cuttingList(layout).flatMap((entry) => [
      ['Panel Size', `${panelSize(entry)} mm`],
      ['Quantity', `${entry.pieces} pieces`],
    ]),
  );

const padded = (value: number, decimals: number, width: number): string => fixed(value, decimals).padStart(width);

const percent = (share: number): string => `${Number((share * 100).toFixed(1))}%`;
