import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import type { Candidate } from './candidates.ts';

/** Equal panels in a grid. */
export type PanelLayout = {
  /** Along the ceiling's width, which is y. */
  readonly panel_width_mm: number;
  /** Along the ceiling's length, which is x. */
  readonly panel_length_mm: number;
  /** How many there are along the width. */
  readonly panels_per_row: number;
  /** How many there are along the length. */
  readonly panels_per_column: number;
  readonly total_panels: number;
  readonly total_coverage_sqm: number;
  /** All of the ceiling that no panel covers, the perimeter too. */
  readonly gap_area_sqm: number;
};

export type Scored = { readonly layout: PanelLayout; readonly score: number };

/** Square millimetres in a square metre. */
const squareMetre = 1e6;

export const layoutOf = (
  { length_mm, width_mm }: Pick<CeilingInput, 'length_mm' | 'width_mm'>,
  { pL, pW, nL, nW }: Candidate,
): PanelLayout => {
  const covered = pL * pW * nL * nW;
  return {
    panel_width_mm: pW,
    panel_length_mm: pL,
    panels_per_row: nW,
    panels_per_column: nL,
    total_panels: nL * nW,
    total_coverage_sqm: covered / squareMetre,
    gap_area_sqm: (length_mm * width_mm - covered) / squareMetre,
  };
};
