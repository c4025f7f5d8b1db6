import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { type Strategy, strategies } from '../strategies.ts';
import type { Candidate } from './candidates.ts';
import { type LayoutRefusal, layOut } from './lay-out.ts';
import { objectives, seamLengthOf, sheetsOf } from './objectives.ts';
import type { PanelLayout } from './panel-layout.ts';

/** What a layout can be compared by, whichever strategy it is of. */
export type LayoutFigures = {
  readonly total_panels: number;
  readonly total_coverage_sqm: number;
  /** The share of the whole ceiling that panels cover, in percent with two decimals. */
  readonly efficiency_percent: number;
  readonly seam_length_m: number;
  /** Stock sheets to cut the panels from, each a square as large as the largest allowed panel. */
  readonly stock_sheets: number;
  /** What is left over of the sheets. */
  readonly waste_sqm: number;
  /** The score of the layout by the objective of `balanced`, so that layouts of different strategies can be ranked. */
  readonly balanced_score: number;
};

export type Comparison = {
  readonly strategy: Strategy;
  readonly layout: PanelLayout;
  /** By the strategy's own objective. */
  readonly score: number;
  readonly figures: LayoutFigures;
};

/**
 * What each strategy makes of a ceiling, side by side, in the order of `strategies`; `input.strategy` does not count. Where one
 * finds no layout none does, for all choose among the same grids.
 */
export const compare = (
  input: Omit<CeilingInput, 'strategy'>,
): { readonly comparisons: readonly Comparison[] } | { readonly refusal: LayoutRefusal } => {
  const comparisons: Comparison[] = [];
  for (const strategy of strategies) {
    const result = layOut({ ...input, strategy });
    if ('refusal' in result) return result;
    const { layout, score } = result;
    comparisons.push({ strategy, layout, score, figures: figuresOf(input, layout) });
  }
  return { comparisons };
};

export const figuresOf = (input: Omit<CeilingInput, 'strategy'>, layout: PanelLayout): LayoutFigures => {
  const ceiling: CeilingInput = { ...input, strategy: 'balanced' };
  const grid: Candidate = {
    ...{ nL: layout.panels_per_column, nW: layout.panels_per_row },
    ...{ pL: layout.panel_length_mm, pW: layout.panel_width_mm },
  };
  const sheets = sheetsOf(ceiling, grid);
  const sheetSqm = input.max_panel_dimension_mm ** 2 / 1e6;
  return {
    total_panels: layout.total_panels,
    total_coverage_sqm: layout.total_coverage_sqm,
    efficiency_percent: efficiencyPercent(input, layout),
    seam_length_m: seamLengthOf(ceiling, grid),
    stock_sheets: sheets,
    waste_sqm: sheets * sheetSqm - layout.total_coverage_sqm,
    balanced_score: objectives.balanced(ceiling, grid),
  };
};

/** The share of the whole ceiling that panels cover, in percent with two decimals. */
export const efficiencyPercent = (
  { length_mm, width_mm }: Pick<CeilingInput, 'length_mm' | 'width_mm'>,
  { total_coverage_sqm }: PanelLayout,
): number => Math.round((total_coverage_sqm / ((length_mm * width_mm) / 1e6)) * 10_000) / 100;
