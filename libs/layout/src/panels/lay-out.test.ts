import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { checkCeiling } from '../ceiling/check-ceiling.ts';
import { anyCeiling, ceilingOf } from '../testing/ceilings.ts';
import { layOut } from './lay-out.ts';

type Vector = {
  readonly input: CeilingInput;
  readonly grid: readonly [perRow: number, perColumn: number];
  readonly panel: readonly [width: number, length: number];
  readonly areas: readonly [coverage: number, gap: number];
  readonly score: number;
};

const gaps = (perimeter_gap_mm: number, panel_gap_mm: number) => ({ perimeter_gap_mm, panel_gap_mm });

/** What the replaced calculator answers. */
const vectors: readonly Vector[] = [
  { input: ceilingOf(4800, 3600), grid: [2, 3], panel: [1500, 4000 / 3], areas: [12, 5.28], score: 0.6764069264 },
  { input: ceilingOf(5000, 4000), grid: [2, 2], panel: [1700, 2200], areas: [14.96, 5.04], score: 0.6815636535 },
  {
    input: ceilingOf(5000, 4000, gaps(200, 50)),
    ...{ grid: [2, 2], panel: [1775, 2275], areas: [16.1525, 3.8475], score: 0.7404130681 },
  },
  { input: ceilingOf(8000, 6000), grid: [3, 4], panel: [5200 / 3, 1750], areas: [36.4, 11.6], score: 0.6832214819 },
  {
    input: ceilingOf(8000, 6000, { target_aspect_ratio: 0.5 }),
    ...{ grid: [4, 3], panel: [1250, 2400], areas: [36, 12], score: 0.6682275141 },
  },
  {
    input: ceilingOf(5000, 4000, { ...gaps(200, 50), target_aspect_ratio: 1.5 }),
    ...{ grid: [2, 4], panel: [1775, 1112.5], areas: [15.7975, 4.2025], score: 0.7506810163 },
  },
  {
    input: ceilingOf(5000, 4000, { ...gaps(200, 50), max_panel_dimension_mm: 1200 }),
    ...{ grid: [3, 4], panel: [3500 / 3, 1112.5], areas: [15.575, 4.425], score: 0.7232680283 },
  },
  {
    input: ceilingOf(6000, 2000, gaps(50, 10)),
    ...{ grid: [1, 3], panel: [1900, 1960], areas: [11.172, 0.828], score: 0.9122715917 },
  },
  {
    input: ceilingOf(10_000, 1000, gaps(100, 20)),
    ...{ grid: [1, 12], panel: [800, 9580 / 12], areas: [7.664, 2.336], score: 0.7867052063 },
  },
  {
    input: ceilingOf(2400, 2400, gaps(0, 0)),
    ...{ grid: [1, 1], panel: [2400, 2400], areas: [5.76, 0], score: 0.9803921569 },
  },
  {
    input: ceilingOf(2401, 2401, gaps(0, 0)),
    ...{ grid: [2, 2], panel: [1200.5, 1200.5], areas: [5.764801, 0], score: 0.9259259259 },
  },
  {
    input: ceilingOf(700, 700, gaps(200, 50)),
    ...{ grid: [1, 1], panel: [300, 300], areas: [0.09, 0.4], score: 0.9803921569 },
  },
];

const laidOut = (input: CeilingInput) => {
  const result = layOut(input);
  assert.ok(!('refusal' in result), 'refusal' in result ? result.refusal.message : '');
  return result;
};

const refused = (input: CeilingInput) => {
  const result = layOut(input);
  assert.ok('refusal' in result);
  return result.refusal;
};

/** Scores are known to ten decimals. */
const near = (found: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);

describe('a layout', () => {
  for (const { input, grid, panel, areas, score } of vectors) {
    const { length_mm, width_mm, perimeter_gap_mm, panel_gap_mm } = input;
    it(`of ${length_mm} x ${width_mm}, gaps ${perimeter_gap_mm} and ${panel_gap_mm}, has ${grid.join(' x ')} panels`, () => {
      const { layout, ...result } = laidOut(input);
      assert.deepEqual([layout.panels_per_row, layout.panels_per_column], grid);
      assert.equal(layout.total_panels, grid[0] * grid[1]);
      near(layout.panel_width_mm, panel[0]);
      near(layout.panel_length_mm, panel[1]);
      near(layout.total_coverage_sqm, areas[0]);
      near(layout.gap_area_sqm, areas[1]);
      near(result.score, score, 1e-10);
    });
  }

  it('is refused where perimeter gaps use up the length or the width, and says which', () => {
    assert.deepEqual(refused(ceilingOf(400, 5000)), {
      code: 'no-length',
      message: "The ceiling's length of 400 mm is used up by perimeter gaps of 200 mm",
    });
    assert.equal(refused(ceilingOf(5000, 399)).code, 'no-width');
    assert.match(refused(ceilingOf(5000, 399)).message, /width/);
  });

  it('is refused where the space is smaller than the smallest panel, and not where it is as large', () => {
    assert.equal(refused(ceilingOf(700, 700, gaps(200.5, 50))).code, 'too-small');
    assert.equal(laidOut(ceilingOf(700, 700, gaps(200, 50))).layout.total_panels, 1);
  });

  it('is refused where no number of panels is allowed, naming the ceiling and the limits', () => {
    const refusal = refused(ceilingOf(130_000, 130_000, gaps(200, 50)));
    assert.equal(refusal.code, 'no-layout');
    for (const number of ['130000 x 130000', '300', '2400']) assert.match(refusal.message, new RegExp(number));
  });

  it('keeps the earlier of two that score the same', () => {
    const tie = ceilingOf(2400, 2400, { ...gaps(0, 0), strategy: 'minimize_waste', max_panel_dimension_mm: 2400 });
    assert.equal(laidOut(tie).layout.total_panels, 1, 'every division of one sheet into equal parts wastes nothing');
  });

  it('comes with those that were best before it, the best first and no more than asked for, and forgets them', () => {
    const { alternates, layout, score } = laidOut(ceilingOf(8000, 6000));
    assert.deepEqual(alternates[0], { layout, score });
    assert.deepEqual(
      alternates.map((each) => each.score),
      alternates.map((each) => each.score).toSorted((one, other) => other - one),
    );
    assert.ok(alternates.length > 1 && alternates.length <= 5);
    assert.deepEqual(laidOut(ceilingOf(8000, 6000)).alternates, alternates);
    const one = layOut(ceilingOf(8000, 6000), { alternatesMax: 1 });
    assert.ok('alternates' in one);
    assert.deepEqual(one.alternates, [{ layout, score }]);
  });

  it('is computed for every ceiling that passes the check, or refused with a reason, and nothing else', () => {
    fc.assert(
      fc.property(anyCeiling, (input) => {
        assert.deepEqual(checkCeiling(input), { value: input });
        const result = layOut(input);
        if ('refusal' in result) assert.match(result.refusal.code, /^(no-length|no-width|too-small|no-layout)$/);
        else assert.ok(Object.values(result.layout).every((value) => Number.isFinite(value)));
      }),
    );
  });
});
