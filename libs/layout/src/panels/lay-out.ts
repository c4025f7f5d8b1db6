import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { type Candidate, candidatesOf, spaceOf } from './candidates.ts';
import { objectives } from './objectives.ts';
import { layoutOf, type PanelLayout, type Scored } from './panel-layout.ts';

export type LaidOut = {
  readonly layout: PanelLayout;
  readonly score: number;
  /**
   * The layouts that were the best so far when their turn came, the best first: always the layout itself, often nothing else.
   */
  readonly alternates: readonly Scored[];
};

export type RefusalCode = 'no-length' | 'no-width' | 'too-small' | 'no-layout';

/** Why no layout is possible. */
export type LayoutRefusal = { readonly code: RefusalCode; readonly message: string };

/**
 * The best grid of equal panels for a ceiling, by the strategy's objective, or why there is none. Numbers of panels are tried
 * along the length and, for each, along the width; of two that score the same the earlier is kept. Nothing is rounded.
 *
 * It asks of its input only that the numbers are finite: the limits of size are those of `checkCeiling`.
 */
export const layOut = (
  input: CeilingInput,
  { alternatesMax = 5 }: { readonly alternatesMax?: number } = {},
): LaidOut | { readonly refusal: LayoutRefusal } => {
  const refusal = refusalOf(input);
  if (refusal !== undefined) return { refusal };
  const records = recordsOf(input);
  const best = records.at(-1);
  if (best === undefined) return { refusal: noLayout(input) };
  const alternates = records
    .toReversed()
    .slice(0, alternatesMax)
    .map(({ candidate, score }) => ({ layout: layoutOf(input, candidate), score }));
  return { layout: layoutOf(input, best.candidate), score: best.score, alternates };
};

type Record = { readonly candidate: Candidate; readonly score: number };

/** Each is better than all before it, so the last is the best. */
const recordsOf = (input: CeilingInput): readonly Record[] => {
  const objective = objectives[input.strategy];
  const records: Record[] = [];
  let best = 0;
  for (const candidate of candidatesOf(input)) {
    const score = objective(input, candidate);
    if (score <= best) continue;
    best = score;
    records.push({ candidate, score });
  }
  return records;
};

const refusalOf = (input: CeilingInput): LayoutRefusal | undefined => {
  const { aL, aW } = spaceOf(input);
  const { length_mm, width_mm, perimeter_gap_mm: gap, min_panel_dimension_mm: min } = input;
  const gone = (side: string, size: number) =>
    `The ceiling's ${side} of ${size} mm is used up by perimeter gaps of ${gap} mm`;
  if (aL <= 0) return { code: 'no-length', message: gone('length', length_mm) };
  if (aW <= 0) return { code: 'no-width', message: gone('width', width_mm) };
  if (aL >= min && aW >= min) return undefined;
  const message = `The space of ${aL} x ${aW} mm between the perimeter gaps is too small for a panel of ${min} mm`;
  return { code: 'too-small', message };
};

const noLayout = ({
  length_mm,
  width_mm,
  max_panel_dimension_mm: max,
  min_panel_dimension_mm: min,
  max_panels_per_dimension: tried,
}: CeilingInput): LayoutRefusal => {
  const limits = `panels of at least ${min} mm and at most ${max} mm, at most ${tried} each way`;
  return { code: 'no-layout', message: `No layout of a ceiling of ${length_mm} x ${width_mm} mm has ${limits}` };
};
