import type { Dimension, Point } from '@plenum/drawing';
import type { Drawn } from './drawn.ts';

/**
 * What a fitter measures. Below the ceiling, from its edge outwards: a panel's side along x, the gap to the next panel, and the
 * ceiling's length; to the right of it a panel's side along y, the perimeter gap, and the ceiling's width. Where there is one
 * panel along x, the two gaps change places. Each is on a line of its own, so that no number stands in another, however
 * narrow the gap. A gap of nothing has no dimension, nor has one that no two panels have between them.
 */
export const dimensionsOn = (layer: string, drawn: Drawn, height: number): readonly Dimension[] => {
  const { length_mm, width_mm, perimeter_gap_mm: perimeter } = drawn.ceiling;
  const { panel_length_mm, panel_width_mm, panels_per_column } = drawn.layout;
  const on = { layer, height, length_mm };
  const [gapBetween, gapAround] = panels_per_column > 1 ? [below, right] : [right, below];
  return [
    below(on, { row: 'outer', inset: 0, span: [0, length_mm] }),
    right(on, { row: 'outer', inset: 0, span: [0, width_mm] }),
    below(on, { row: 'inner', inset: perimeter, span: [perimeter, perimeter + panel_length_mm] }),
    right(on, { row: 'inner', inset: perimeter, span: [perimeter, perimeter + panel_width_mm] }),
    ...(perimeter < gapMin ? [] : [gapAround(on, { row: 'middle', inset: 0, span: [0, perimeter] })]),
    ...gapSpan(drawn).map((span) => gapBetween(on, { row: 'middle', inset: perimeter, span })),
  ];
};

/** Less is not seen, and no program draws it. */
const gapMin = 0.01;

/** From the first panel to its neighbour along x; along y where there is none, and nowhere where there is none either. */
const gapSpan = ({ ceiling, layout }: Drawn): readonly Span[] => {
  const { perimeter_gap_mm: perimeter, panel_gap_mm: gap } = ceiling;
  if (gap < gapMin || layout.total_panels === 1) return [];
  const side = layout.panels_per_column > 1 ? layout.panel_length_mm : layout.panel_width_mm;
  return [[perimeter + side, perimeter + side + gap]];
};

type Span = readonly [start: number, end: number];
type On = { readonly layer: string; readonly height: number; readonly length_mm: number };

type Measured = {
  readonly row: keyof typeof reach;
  /** How far inside the ceiling's edge the two points are. */
  readonly inset: number;
  readonly span: Span;
};

/** Of each row of dimension lines from the ceiling's edge, in heights of their text. */
const reach = { inner: 2, middle: 4.5, outer: 7 } as const;

/** Along x, on a line below the ceiling. */
const below = (on: On, { row, inset, span: [start, end] }: Measured): Dimension =>
  dimension(
    on,
    [
      { x: start, y: inset },
      { x: end, y: inset },
    ],
    -(inset + reach[row] * on.height),
  );

/** Along y, on a line to the right of the ceiling. */
const right = (on: On, { row, inset, span: [start, end] }: Measured): Dimension => {
  const x = on.length_mm - inset;
  return dimension(
    on,
    [
      { x, y: start },
      { x, y: end },
    ],
    -(inset + reach[row] * on.height),
  );
};

const dimension = ({ layer, height }: On, [from, to]: readonly [Point, Point], offset: number): Dimension => ({
  ...{ kind: 'dimension', layer, from, to, offset, height },
});
