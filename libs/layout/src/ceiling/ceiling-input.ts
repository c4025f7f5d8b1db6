import type { Strategy } from '../strategies.ts';

/** A ceiling and what its panels may be: all that a layout is computed from. Lengths are millimetres. */
export type CeilingInput = {
  /** Along x. */
  readonly length_mm: number;
  /** Along y. */
  readonly width_mm: number;
  /** Between the panels and each of the four edges. */
  readonly perimeter_gap_mm: number;
  /** Between two panels. */
  readonly panel_gap_mm: number;
  /** A panel's side along the ceiling's width over its side along the length. */
  readonly target_aspect_ratio: number;
  readonly max_panel_dimension_mm: number;
  readonly min_panel_dimension_mm: number;
  /** How many panels are tried at most, each way. */
  readonly max_panels_per_dimension: number;
  readonly strategy: Strategy;
};

/** What is taken where nothing is said. A length and a width are always said. */
export const ceilingDefaults = {
  perimeter_gap_mm: 200,
  panel_gap_mm: 200,
  target_aspect_ratio: 1,
  max_panel_dimension_mm: 2400,
  min_panel_dimension_mm: 300,
  max_panels_per_dimension: 50,
  strategy: 'balanced',
} as const satisfies Partial<CeilingInput>;

/**
 * What may be given, both bounds included. At most 200 panels each way are 40,000, which every program that reads a drawing
 * still opens.
 */
export const ceilingLimits = {
  dimension_mm: { min: 100, max: 50_000 },
  gap_mm: { min: 0, max: 1000 },
  aspect_ratio: { min: 0.01, max: 100 },
  panel_dimension_mm: { min: 1, max: 5000 },
  panels_per_dimension: { min: 1, max: 200 },
} as const;
