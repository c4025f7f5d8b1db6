import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CeilingInput } from '../ceiling/ceiling-input.ts';
import { type Strategy, strategies, strategiesShown } from '../strategies.ts';
import { anyCeiling, ceilingOf } from '../testing/ceilings.ts';
import { compare } from './compare.ts';
import { layOut } from './lay-out.ts';

/** A grid as the objectives are said in words, apart from the code that computes them. */
type Grid = { readonly nL: number; readonly nW: number; readonly pL: number; readonly pW: number };

const gridsOf = (input: CeilingInput): readonly Grid[] => {
  const grids: Grid[] = [];
  const { max_panel_dimension_mm: max, min_panel_dimension_mm: min, panel_gap_mm: gap } = input;
  const [aL, aW] = [input.length_mm - 2 * input.perimeter_gap_mm, input.width_mm - 2 * input.perimeter_gap_mm];
  for (let nL = 1; nL <= input.max_panels_per_dimension; nL += 1) {
    for (let nW = 1; nW <= input.max_panels_per_dimension; nW += 1) {
      const [pL, pW] = [(aL - (nL - 1) * gap) / nL, (aW - (nW - 1) * gap) / nW];
      if (Math.max(pL, pW) <= max && Math.min(pL, pW) >= min) grids.push({ nL, nW, pL, pW });
    }
  }
  return grids;
};

const wordsOf: Readonly<Record<Strategy, (input: CeilingInput, grid: Grid) => number>> = {
  balanced: (input, { nL, nW, pL, pW }) => {
    const [aL, aW] = [input.length_mm - 2 * input.perimeter_gap_mm, input.width_mm - 2 * input.perimeter_gap_mm];
    const ratioError = Math.abs(pW / pL - input.target_aspect_ratio);
    return ((pL * pW * nL * nW) / (aL * aW)) * (1 / (1 + ratioError)) * (1 / (1 + 0.02 * nL * nW));
  },
  minimize_panels: (_input, { nL, nW }) => -nL * nW,
  minimize_seams: (input, { nL, nW }) =>
    -(
      (nL - 1) * (input.width_mm - 2 * input.perimeter_gap_mm) +
      (nW - 1) * (input.length_mm - 2 * input.perimeter_gap_mm)
    ),
  minimize_cuts: (input, grid) => wordsOf.minimize_seams(input, grid),
  minimize_waste: ({ max_panel_dimension_mm: sheet }, { nL, nW, pL, pW }) => {
    const perSheet = Math.floor(sheet / pL + 1e-9) * Math.floor(sheet / pW + 1e-9);
    return (nL * nW * pL * pW) / (Math.ceil((nL * nW) / perSheet) * sheet * sheet);
  },
  maximize_symmetry: (_input, { nL, nW, pL, pW }) => {
    const odd = [nL, nW].filter((count) => count % 2 === 1).length;
    return ((Math.min(pL, pW) / Math.max(pL, pW)) * (4 - odd)) / 4 / (1 + 0.02 * nL * nW);
  },
};

const bestOf = (input: CeilingInput) => {
  const result = layOut(input);
  return 'refusal' in result ? undefined : result;
};

describe('the layout of a strategy', () => {
  for (const strategy of strategies) {
    it(`${strategy}: no other grid is better, and there is none where no grid fits`, () => {
      fc.assert(
        fc.property(anyCeiling, (ceiling) => {
          const input = { ...ceiling, strategy };
          const all = gridsOf(input).map((grid) => wordsOf[strategy](input, grid));
          const found = bestOf(input);
          assert.equal(found === undefined, all.length === 0);
          if (found === undefined) return;
          const { panels_per_column: nL, panels_per_row: nW, panel_length_mm: pL, panel_width_mm: pW } = found.layout;
          const own = wordsOf[strategy](input, { nL, nW, pL, pW });
          const best = all.reduce((one, other) => Math.max(one, other));
          assert.ok(own >= best - 1e-9 * Math.abs(best), `${own} is worse than ${best}`);
          assert.ok(found.score > 0 && found.score <= 1 + 1e-12);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('of fewest panels is, among grids of as many, the one nearer to the wanted ratio', () => {
    // Four panels of 2400 x 600, or two by two of 1200 x 1200, and no fewer.
    const input = ceilingOf(2400, 2400, {
      ...{ perimeter_gap_mm: 0, panel_gap_mm: 0, max_panel_dimension_mm: 2399, strategy: 'minimize_panels' },
    });
    assert.equal(bestOf(input)?.layout.total_panels, 4);
    const oblong = ceilingOf(3000, 2400, { perimeter_gap_mm: 0, panel_gap_mm: 0, strategy: 'minimize_panels' });
    assert.deepEqual(bestOf(oblong)?.layout.panels_per_column, 2);
    assert.equal(bestOf({ ...oblong, max_panel_dimension_mm: 3000 })?.layout.total_panels, 1);
  });

  it('differs from those of others where they want something else', () => {
    const result = compare(ceilingOf(8000, 6000));
    assert.ok('comparisons' in result);
    const grids = new Map(
      result.comparisons.map(({ strategy, layout }) => [
        strategy,
        `${layout.panels_per_row}x${layout.panels_per_column}`,
      ]),
    );
    assert.equal(grids.get('balanced'), '3x4');
    assert.ok(new Set(grids.values()).size >= 3, [...grids].join(' '));
  });
});

describe('strategies side by side', () => {
  it('are all there, each the best by its own figure', () => {
    fc.assert(
      fc.property(anyCeiling, (input) => {
        const result = compare(input);
        if ('refusal' in result) return assert.equal(gridsOf(input).length, 0);
        const { comparisons } = result;
        assert.deepEqual(
          comparisons.map(({ strategy }) => strategy),
          [...strategies],
        );
        const of = (strategy: Strategy) => comparisons[strategies.indexOf(strategy)]?.figures;
        for (const { figures } of comparisons) {
          assert.ok((of('minimize_panels')?.total_panels ?? Number.NaN) <= figures.total_panels);
          assert.ok((of('minimize_seams')?.seam_length_m ?? Number.NaN) <= figures.seam_length_m + 1e-9);
          assert.ok((of('balanced')?.balanced_score ?? Number.NaN) >= figures.balanced_score);
          assert.ok(figures.waste_sqm >= -1e-9 && figures.efficiency_percent <= 100);
        }
        assert.deepEqual(of('minimize_cuts'), of('minimize_seams'));
      }),
      { numRuns: 50 },
    );
  });

  it('have figures that can be checked by hand', () => {
    const result = compare(ceilingOf(4800, 3600));
    assert.ok('comparisons' in result);
    const { figures } = result.comparisons[0] ?? assert.fail();
    // Two rows and three columns between 4400 and 3200 mm: two seams of 3.2 m and one of 4.4 m; one panel fits a sheet of 2.4 m.
    assert.deepEqual(
      { ...figures, waste_sqm: figures.waste_sqm.toFixed(6), seam_length_m: figures.seam_length_m.toFixed(6) },
      {
        ...{ total_panels: 6, total_coverage_sqm: 12, efficiency_percent: 69.44, seam_length_m: '10.800000' },
        ...{ stock_sheets: 6, waste_sqm: '22.560000', balanced_score: figures.balanced_score },
      },
    );
    assert.equal(figures.balanced_score.toFixed(10), '0.6764069264');
  });

  it('are told in words, each once', () => {
    assert.deepEqual(
      strategiesShown.map(({ id }) => id),
      [...strategies],
    );
  });
});
