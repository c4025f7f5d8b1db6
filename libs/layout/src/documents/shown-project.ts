/** What a row of a project or of a calculation says, in the shapes that the rules compute with. */

import type { CalculationShown } from '../calculations/reads.ts';
import { costDefaults } from '../costs/costs.ts';
import type { Material } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import type { Project } from '../project-document/project-document.ts';
import type { Measured } from '../projects/laid-out.ts';
import type { ProjectShown } from '../projects/reads.ts';

type Shown = Pick<ProjectShown, keyof ProjectShown & keyof CalculationShown>;

/** `undefined`: it was not measured. */
export const ceilingOf = (row: Pick<Shown, keyof Measured>): Measured | undefined => {
  const { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm, target_aspect_ratio } = row;
  const { max_panel_dimension_mm, min_panel_dimension_mm, max_panels_per_dimension } = row;
  if (length_mm === null) return undefined;
  return {
    ...{ length_mm, width_mm, perimeter_gap_mm, panel_gap_mm, target_aspect_ratio },
    ...{ max_panel_dimension_mm, min_panel_dimension_mm, max_panels_per_dimension },
  } as Measured; // All of them are there or none.
};

/** `undefined`: there is none. */
export const layoutOf = (row: Pick<Shown, keyof PanelLayout>): PanelLayout | undefined => {
  const { panel_width_mm, panel_length_mm, panels_per_row, panels_per_column } = row;
  const { total_panels, total_coverage_sqm, gap_area_sqm } = row;
  if (total_panels === null) return undefined;
  return {
    ...{ panel_width_mm, panel_length_mm, panels_per_row, panels_per_column },
    ...{ total_panels, total_coverage_sqm, gap_area_sqm },
  } as PanelLayout; // Likewise.
};

/** `undefined`: none is chosen. */
export const materialOf = (row: Pick<Shown, keyof Shown & `material_${string}`>): Material | undefined => {
  const { material_key: key, material_name: name, material_category: category, material_color: color } = row;
  if (name === null) return undefined;
  return {
    ...(key === null ? {} : { key }),
    ...{ name, category, color, reflectivity: row.material_reflectivity },
    ...{ cost_per_sqm: row.material_cost_per_sqm, notes: row.material_notes },
  } as Material; // Likewise, and only materials that the rules know are recorded.
};

export const ratesOf = ({ waste_factor, labor_multiplier }: Pick<ProjectShown, 'waste_factor' | 'labor_multiplier'>) =>
  waste_factor === null ? costDefaults : { waste_factor, labor_multiplier };

/** What is written down of a project: as of its last change. `undefined`: there is no layout of its ceiling. */
export const projectOf = (row: ProjectShown): Project | undefined => {
  const [ceiling, layout, material] = [ceilingOf(row), layoutOf(row), materialOf(row)];
  if (ceiling === undefined || layout === undefined) return undefined;
  const priced = material === undefined ? {} : { material };
  return { generated: row.changed_at, ceiling, layout, ...priced, ...ratesOf(row) };
};
