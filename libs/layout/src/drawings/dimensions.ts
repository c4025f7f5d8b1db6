import type { Dimension, Point } from '@plenum/drawing';
import type { Drawn } from './drawn.ts';

/**
 * What a fitter measures: the ceiling's length and width on the outside; on the inside, below the ceiling, the perimeter gap,
 * a panel and the gap to the next one, and to the right of it a panel's other side. A gap of nothing has no dimension.
 */
export const dimensionsOn = (layer: string, drawn: Drawn, height: number): readonly Dimension[] => {
  const { length_mm, width_mm } = drawn.ceiling;
  const on = { layer, height };
  return [
    below(on, [0, length_mm], { reach: outerReach, from: 0 }),
    right(on, [0, width_mm], { reach: outerReach, from: length_mm, edge: length_mm }),
    ...sidesOf(drawn, on),
    ...gapsOf(drawn, on),
  ];
};

/** Of the two chains of dimension lines from the ceiling's edge, in heights of their text. */
const [innerReach, outerReach] = [2, 5];
/** Less is not seen, and no program draws it. */
const gapMin = 0.01;

type On = { readonly layer: string; readonly height: number };
type Span = readonly [start: number, end: number];

const sidesOf = ({ ceiling, layout }: Drawn, on: On): readonly Dimension[] => {
  const { perimeter_gap_mm: p, length_mm } = ceiling;
  return [
    below(on, [p, p + layout.panel_length_mm], { reach: innerReach, from: p }),
    right(on, [p, p + layout.panel_width_mm], { reach: innerReach, from: length_mm - p, edge: length_mm }),
  ];
};

const gapsOf = ({ ceiling, layout }: Drawn, on: On): readonly Dimension[] => {
  const { perimeter_gap_mm: perimeter, panel_gap_mm: gap, length_mm } = ceiling;
  const [afterLength, afterWidth] = [perimeter + layout.panel_length_mm, perimeter + layout.panel_width_mm];
  const between = (): readonly Dimension[] => {
    if (gap < gapMin) return [];
    const at = { reach: innerReach, from: perimeter };
    if (layout.panels_per_column > 1) return [below(on, [afterLength, afterLength + gap], at)];
    const edge = { ...at, from: length_mm - perimeter, edge: length_mm };
    return layout.panels_per_row > 1 ? [right(on, [afterWidth, afterWidth + gap], edge)] : [];
  };
  const around = perimeter < gapMin ? [] : [below(on, [0, perimeter], { reach: innerReach, from: 0 })];
  return [...around, ...between()];
};

/** Along x, between two points at height `from`, on a line below the ceiling. */
const below = (
  on: On,
  [start, end]: Span,
  { reach, from }: { readonly reach: number; readonly from: number },
): Dimension =>
  measured(
    on,
    [
      { x: start, y: from },
      { x: end, y: from },
    ],
    -(from + reach * on.height),
  );

/** Along y, between two points at x `from`, on a line to the right of the ceiling's `edge`. */
const right = (
  on: On,
  [start, end]: Span,
  { reach, from, edge }: { readonly reach: number; readonly from: number; readonly edge: number },
): Dimension =>
  measured(
    on,
    [
      { x: from, y: start },
      { x: from, y: end },
    ],
    -(edge - from + reach * on.height),
  );

const measured = ({ layer, height }: On, [from, to]: readonly [Point, Point], offset: number): Dimension => ({
  ...{ kind: 'dimension', layer, from, to, offset, height },
});
