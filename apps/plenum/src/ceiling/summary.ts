import { costsOf, efficiencyPercent, materialCost, type Project } from '@plenum/layout';
import type { WrittenFile } from './write-files.ts';

/** What came of a calculation, for a terminal. */
export const summaryOf = (project: Project, files: readonly WrittenFile[]): string => {
  const { ceiling, layout } = project;
  const rows = [
    ['ceiling', `${ceiling.length_mm} × ${ceiling.width_mm} mm`],
    ['panels', `${layout.total_panels}, in ${layout.panels_per_row} rows of ${layout.panels_per_column}`],
    ['panel', `${mm(layout.panel_width_mm)} × ${mm(layout.panel_length_mm)} mm`],
    ['covered', `${layout.total_coverage_sqm.toFixed(2)} m², ${efficiencyPercent(ceiling, layout).toFixed(1)} %`],
    ...pricesOf(project),
  ] as const;
  const widest = Math.max(...rows.map(([label]) => label.length));
  return [
    ...rows.map(([label, value]) => `${label.padEnd(widest)}  ${value}`),
    '',
    ...files.map(({ file, bytes, sha256 }) => `${file}  ${bytes} bytes, SHA-256 ${sha256}`),
    '',
  ].join('\n');
};

const mm = (value: number): string => String(Number(value.toFixed(2)));

const pricesOf = (project: Project): readonly (readonly [string, string])[] => {
  const { layout, material, waste_factor, labor_multiplier } = project;
  if (material === undefined) return [];
  const { cost_per_sqm } = material;
  const costs = costsOf(layout.total_coverage_sqm, { cost_per_sqm, waste_factor, labor_multiplier });
  const labor = labor_multiplier === null ? 'no labor' : `${percent(labor_multiplier)} labor`;
  return [
    ['material', `${material.name}, ${material.color}, ${dollars(cost_per_sqm)} per m²`],
    ['total cost', dollars(materialCost(layout.total_coverage_sqm, cost_per_sqm))],
    ['with extras', `${dollars(costs.total_cost)} (${percent(waste_factor)} waste, ${labor})`],
  ];
};

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
const dollars = (value: number): string =>
  `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
