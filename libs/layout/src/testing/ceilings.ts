/** Ceilings for tests: by their sizes, and any that a property may be asked of. */
import fc from 'fast-check';
import { type CeilingInput, ceilingDefaults } from '../ceiling/ceiling-input.ts';
import { strategies } from '../strategies.ts';

export const ceilingOf = (length_mm: number, width_mm: number, rest: Partial<CeilingInput> = {}): CeilingInput => ({
  ...ceilingDefaults,
  ...{ length_mm, width_mm },
  ...rest,
});

/** Millimetres, whole ones and others. */
const millimetres = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min, max }), fc.double({ min, max, noNaN: true }));

/** Any that passes the check, small ones more often than large ones. */
export const anyCeiling: fc.Arbitrary<CeilingInput> = fc
  .record({
    length_mm: fc.oneof(millimetres(2100, 8000), millimetres(2100, 50_000)),
    width_mm: fc.oneof(millimetres(2100, 8000), millimetres(2100, 50_000)),
    perimeter_gap_mm: fc.oneof(fc.constantFrom(0, 50, 200), millimetres(0, 1000)),
    panel_gap_mm: fc.oneof(fc.constantFrom(0, 50, 200), millimetres(0, 1000)),
    target_aspect_ratio: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 100, noNaN: true })),
    max_panel_dimension_mm: millimetres(1000, 5000),
    min_panel_dimension_mm: millimetres(100, 900),
    max_panels_per_dimension: fc.integer({ min: 1, max: 60 }),
    strategy: fc.constantFrom(...strategies),
  })
  // Minus zero is zero once it was read.
  .map((ceiling) => ({
    ...ceiling,
    perimeter_gap_mm: ceiling.perimeter_gap_mm + 0,
    panel_gap_mm: ceiling.panel_gap_mm + 0,
  }));
