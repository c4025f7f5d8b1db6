import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import type { PanelLayout } from './panel-layout.ts';

/** Where one panel is. The origin is the ceiling's lower left corner, its length along x and its width along y (up). */
export type PanelPlace = {
  /** From 1, along y first. */
  readonly number: number;
  /** Its lower left corner. */
  readonly x: number;
  readonly y: number;
  /** Its side along x. */
  readonly length_mm: number;
  /** Its side along y. */
  readonly width_mm: number;
};

/** What a layout is laid into: the ceiling and its gaps. */
export type Ceiling = Pick<CeilingInput, 'length_mm' | 'width_mm' | 'perimeter_gap_mm' | 'panel_gap_mm'>;

/** Every panel, by number. */
export function* panelPlaces(
  { perimeter_gap_mm, panel_gap_mm }: Pick<Ceiling, 'perimeter_gap_mm' | 'panel_gap_mm'>,
  layout: PanelLayout,
): Generator<PanelPlace> {
  const { panel_length_mm: length_mm, panel_width_mm: width_mm } = layout;
  for (let i = 0; i < layout.panels_per_column; i += 1) {
    for (let j = 0; j < layout.panels_per_row; j += 1) {
      yield {
        number: i * layout.panels_per_row + j + 1,
        x: perimeter_gap_mm + i * (length_mm + panel_gap_mm),
        y: perimeter_gap_mm + j * (width_mm + panel_gap_mm),
        length_mm,
        width_mm,
      };
    }
  }
}

/** By how much the panels, the gaps between them and the perimeter differ from the ceiling's length and width. */
export const misfitOf = (
  ceiling: Ceiling,
  layout: PanelLayout,
): { readonly length_mm: number; readonly width_mm: number } => {
  const total = (count: number, side: number) =>
    count * side + (count - 1) * ceiling.panel_gap_mm + 2 * ceiling.perimeter_gap_mm;
  return {
    length_mm: Math.abs(total(layout.panels_per_column, layout.panel_length_mm) - ceiling.length_mm),
    width_mm: Math.abs(total(layout.panels_per_row, layout.panel_width_mm) - ceiling.width_mm),
  };
};
