import type { PanelLayout } from '../panels/panel-layout.ts';

/** What is to be cut: panels of one size, and how many of them. All panels of a layout are alike, so it has one entry. */
export type CuttingListEntry = {
  readonly panel_width_mm: number;
  readonly panel_length_mm: number;
  readonly pieces: number;
};

export const cuttingList = ({
  panel_width_mm,
  panel_length_mm,
  total_panels,
}: PanelLayout): readonly CuttingListEntry[] => [{ panel_width_mm, panel_length_mm, pieces: total_panels }];
