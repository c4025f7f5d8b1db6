/** Columns that tables of projects and of calculations have alike. */
import type { Column, decidedColumns, RowOf } from '@plenum/read-model';
import type { Material } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import type { Measured } from './laid-out.ts';

const mm = (about: string) => ({ type: 'double precision', about }) as const;
const count = (about: string) => ({ type: 'integer', about }) as const;

export const ceilingColumns = {
  length_mm: mm('The ceiling, along x.'),
  width_mm: mm('The ceiling, along y.'),
  perimeter_gap_mm: mm('Between the panels and each of the four edges.'),
  panel_gap_mm: mm('Between two panels.'),
  target_aspect_ratio: mm("A panel's side along the width over its side along the length."),
  max_panel_dimension_mm: mm('The longest side that a panel may have.'),
  min_panel_dimension_mm: mm('The shortest.'),
  max_panels_per_dimension: count('How many panels are tried at most, each way.'),
} as const satisfies Record<keyof Measured, Column>;

export const layoutColumns = {
  panel_width_mm: mm("Along the ceiling's width."),
  panel_length_mm: mm("Along the ceiling's length."),
  panels_per_row: count('Along the width.'),
  panels_per_column: count('Along the length.'),
  total_panels: count('Both multiplied.'),
  total_coverage_sqm: { type: 'double precision', about: 'What panels cover.' },
  gap_area_sqm: { type: 'double precision', about: 'All of the ceiling that no panel covers.' },
} as const satisfies Record<keyof PanelLayout, Column>;

export const calculationColumns = {
  strategy: { type: 'text', about: 'What the layout is best at.' },
  algorithm: { type: 'text', about: 'Which version of the rules made it; `imported`: a document that was read.' },
  score: { type: 'double precision', about: "By the strategy's own objective." },
  ...layoutColumns,
} as const;

export const materialColumns = {
  material_key: { type: 'text', nullable: true, about: 'Of the materials that everybody has; NULL for a custom one.' },
  material_name: { type: 'text', nullable: true, about: 'What panels are made of.' },
  material_category: { type: 'text', nullable: true, about: 'lighting, acoustic, drywall, metal or custom.' },
  material_color: { type: 'text', nullable: true, about: 'For people.' },
  material_reflectivity: { type: 'double precision', nullable: true, about: 'The share of light that comes back.' },
  material_cost_per_sqm: { type: 'double precision', nullable: true, about: 'US dollars.' },
  material_notes: { type: 'text', nullable: true, about: 'For people.' },
} as const;

export const materialRow = (
  material: Omit<Material, 'key' | 'category'> & Record<'key', string | undefined> & Record<'category', string>,
) => ({
  material_key: material.key,
  material_name: material.name,
  material_category: material.category,
  material_color: material.color,
  material_reflectivity: material.reflectivity,
  material_cost_per_sqm: material.cost_per_sqm,
  material_notes: material.notes,
});

type Nullable<C> = { readonly [K in keyof C]: C[K] & { readonly nullable: true } };

/** The same columns where there may be nothing. */
export const nullable = <const C extends Readonly<Record<string, Column>>>(columns: C): Nullable<C> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, { ...column, nullable: true }]),
  ) as Nullable<C>; // Of each column one.

/** A row of these with nothing in it. */
export const emptied = <C extends Readonly<Record<string, Column>>>(
  columns: C,
): { readonly [K in keyof C]: undefined } =>
  Object.fromEntries(Object.keys(columns).map((name) => [name, undefined])) as { readonly [K in keyof C]: undefined }; // Likewise.

export type DecidedRow = RowOf<{ readonly columns: typeof decidedColumns }>;
