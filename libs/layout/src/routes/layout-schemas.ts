/** Layouts, their figures and costs, as answers have them. */
import { numberOrNull } from '@plenum/http';
import { Type } from 'typebox';

const number = (description: string) => Type.Number({ description });
const integer = (description: string) => Type.Integer({ description });

export const layoutSchema = Type.Object({
  panel_width_mm: number("Along the ceiling's width."),
  panel_length_mm: number("Along the ceiling's length."),
  panels_per_row: integer('Along the width.'),
  panels_per_column: integer('Along the length.'),
  total_panels: integer('Both multiplied.'),
  total_coverage_sqm: number('What panels cover.'),
  gap_area_sqm: number('All of the ceiling that no panel covers.'),
});

export const figuresSchema = Type.Object({
  total_panels: integer('How many.'),
  total_coverage_sqm: number('What panels cover.'),
  efficiency_percent: number('The share of the whole ceiling that panels cover.'),
  seam_length_m: number('Of all seams between panels.'),
  stock_sheets: integer('To cut the panels from, each as large as the largest allowed panel.'),
  waste_sqm: number('What is left over of the sheets.'),
  balanced_score: number('By the objective of `balanced`, so that layouts of all strategies can be ranked.'),
});

export const costsSchema = Type.Object({
  material_coverage_sqm: number('What panels cover.'),
  waste_coverage_sqm: number('What is bought besides.'),
  total_coverage_sqm: number('Both.'),
  material_cost: number('US dollars.'),
  waste_cost: number('US dollars.'),
  total_material_cost: number('Both.'),
  labor_multiplier: numberOrNull({ description: 'As it was asked.' }),
  labor_cost: number('US dollars.'),
  total_cost: number('Material, waste and labor.'),
});
