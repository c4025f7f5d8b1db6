import type { CeilingInput } from '@plenum/layout';

type Chosen = Pick<CeilingInput, 'length_mm' | 'width_mm'> & Partial<CeilingInput>;

/**
 * What of the corpus is not left to chance. Of the first twelve there are pictures, 1500 pixels long: their gaps are none, or
 * so wide that one sees through them.
 */
export const pictured = 12;

export const chosenCeilings: readonly Chosen[] = [
  { length_mm: 4800, width_mm: 3600 },
  // Half a panel's way is three pixels here: of this one there are pictures that are wrong, too.
  { length_mm: 2000, width_mm: 1400, perimeter_gap_mm: 60, panel_gap_mm: 30, max_panel_dimension_mm: 500 },
  { length_mm: 2400, width_mm: 1800, perimeter_gap_mm: 0, panel_gap_mm: 0, max_panel_dimension_mm: 600 },
  { length_mm: 10_000, width_mm: 6000, panel_gap_mm: 50, strategy: 'maximize_symmetry' },
  { length_mm: 50_000, width_mm: 30_000, perimeter_gap_mm: 500, panel_gap_mm: 300, max_panel_dimension_mm: 3000 },
  { length_mm: 1500, width_mm: 9000, perimeter_gap_mm: 100, panel_gap_mm: 40, strategy: 'minimize_panels' },
  {
    ...{ length_mm: 600, width_mm: 500, perimeter_gap_mm: 20, panel_gap_mm: 10 },
    ...{ min_panel_dimension_mm: 20, max_panel_dimension_mm: 120 },
  },
  { length_mm: 8000, width_mm: 5000, perimeter_gap_mm: 0, panel_gap_mm: 100, strategy: 'minimize_seams' },
  { length_mm: 100, width_mm: 100, perimeter_gap_mm: 0, min_panel_dimension_mm: 50 },
  { length_mm: 20_000, width_mm: 2000, perimeter_gap_mm: 150, panel_gap_mm: 100, target_aspect_ratio: 3 },
  {
    ...{ length_mm: 6000, width_mm: 4000, perimeter_gap_mm: 150, panel_gap_mm: 30 },
    ...{ min_panel_dimension_mm: 100, max_panel_dimension_mm: 210, strategy: 'minimize_panels' },
  },
  { length_mm: 4500, width_mm: 4510, perimeter_gap_mm: 300, panel_gap_mm: 0, max_panel_dimension_mm: 1000 },
  // A hundred each way.
  {
    ...{ length_mm: 50_000, width_mm: 49_000, perimeter_gap_mm: 100, panel_gap_mm: 5 },
    ...{ min_panel_dimension_mm: 100, max_panel_dimension_mm: 500, max_panels_per_dimension: 100 },
    strategy: 'minimize_panels',
  },
  { length_mm: 100, width_mm: 50_000, perimeter_gap_mm: 0, panel_gap_mm: 1, min_panel_dimension_mm: 1 },
];
