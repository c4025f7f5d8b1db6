import type { CeilingInput } from '../ceiling/ceiling-input.ts';

/** A grid that fits: `nL` panels along the length and `nW` along the width, of `pL` by `pW` millimetres. */
export type Candidate = { readonly nL: number; readonly nW: number; readonly pL: number; readonly pW: number };

/** What is left of the ceiling between the perimeter gaps, along its length and along its width. */
export const spaceOf = ({
  length_mm,
  width_mm,
  perimeter_gap_mm,
}: Pick<CeilingInput, 'length_mm' | 'width_mm' | 'perimeter_gap_mm'>) => ({
  aL: length_mm - 2 * perimeter_gap_mm,
  aW: width_mm - 2 * perimeter_gap_mm,
});

/** Every grid whose panels are no smaller and no larger than allowed, in the order in which ties are decided. */
export function* candidatesOf(input: CeilingInput): Generator<Candidate> {
  const { aL, aW } = spaceOf(input);
  const along = divisionsOf(input, aL);
  const across = divisionsOf(input, aW);
  for (const [nL, pL] of along) {
    for (const [nW, pW] of across) yield { nL, nW, pL, pW };
  }
}

/** Numbers of panels that one way can take, each with the side that a panel then has. */
const divisionsOf = (
  { panel_gap_mm, max_panel_dimension_mm, min_panel_dimension_mm, max_panels_per_dimension }: CeilingInput,
  space: number,
): readonly (readonly [count: number, side: number])[] =>
  Array.from({ length: max_panels_per_dimension }, (_, index) => index + 1)
    .map((count) => [count, (space - (count - 1) * panel_gap_mm) / count] as const)
    .filter(([, side]) => side <= max_panel_dimension_mm && side >= min_panel_dimension_mm);
