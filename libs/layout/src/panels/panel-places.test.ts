import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { anyCeiling, ceilingOf } from '../testing/ceilings.ts';
import { layOut } from './lay-out.ts';
import { misfitOf, panelPlaces } from './panel-places.ts';

const layoutFor = (input: CeilingInput) => {
  const result = layOut(input);
  return 'refusal' in result ? undefined : result.layout;
};

/** A millionth of a millimetre is what doubles lose over fifty metres. */
const tolerance = 1e-6;

describe('panels in their ceiling', () => {
  it('are counted along the width first, from the lower left corner', () => {
    const input = ceilingOf(4800, 3600);
    const places = [...panelPlaces(input, layoutFor(input) ?? assert.fail())];
    assert.deepEqual(
      places.map(({ number, x, y }) => [number, Math.round(x), y]),
      [
        [1, 200, 200],
        [2, 200, 1900],
        [3, 1733, 200],
        [4, 1733, 1900],
        [5, 3267, 200],
        [6, 3267, 1900],
      ],
    );
  });

  it('never overlap and never leave the space inside the perimeter gap, and their areas add up', () => {
    fc.assert(
      fc.property(anyCeiling, (input) => {
        const layout = layoutFor(input);
        if (layout === undefined) return;
        const { perimeter_gap_mm: gap, panel_gap_mm, length_mm, width_mm } = input;
        const places = [...panelPlaces(input, layout)];
        assert.equal(places.length, layout.total_panels);
        for (const { x, y, ...panel } of places) {
          assert.ok(x >= gap - tolerance && x + panel.length_mm <= length_mm - gap + tolerance);
          assert.ok(y >= gap - tolerance && y + panel.width_mm <= width_mm - gap + tolerance);
        }
        // Equal panels overlap none when each is apart from the next of its row, and each row from the next.
        const starts = (of: (place: (typeof places)[number]) => number) =>
          [...new Set(places.map(of))].toSorted((a, b) => a - b);
        const apart = (from: readonly number[], side: number) =>
          from.every(
            (start, index) => index === 0 || start - (from[index - 1] ?? 0) >= side + panel_gap_mm - tolerance,
          );
        assert.ok(
          apart(
            starts(({ x }) => x),
            layout.panel_length_mm,
          ),
        );
        assert.ok(
          apart(
            starts(({ y }) => y),
            layout.panel_width_mm,
          ),
        );
        assert.equal(new Set(places.map(({ x, y }) => `${x} ${y}`)).size, places.length);
        const area = places.reduce((sum, panel) => sum + (panel.length_mm * panel.width_mm) / 1e6, 0);
        assert.ok(Math.abs(area - layout.total_coverage_sqm) < 1e-6);
        const whole = layout.total_coverage_sqm + layout.gap_area_sqm;
        assert.ok(Math.abs(whole - (length_mm * width_mm) / 1e6) < 1e-6);
        const misfit = misfitOf(input, layout);
        assert.ok(Math.max(misfit.length_mm, misfit.width_mm) < tolerance);
      }),
    );
  });

  it('do not fit a ceiling of another size', () => {
    const layout = layoutFor(ceilingOf(4800, 3600)) ?? assert.fail();
    const misfit = misfitOf(ceilingOf(4803, 3600), layout);
    assert.deepEqual([Math.round(misfit.length_mm), misfit.width_mm], [3, 0]);
  });
});
