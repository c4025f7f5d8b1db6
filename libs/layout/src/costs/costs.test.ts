import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkRates } from './check-rates.ts';
import { checkEstimate, costEstimate } from './cost-estimate.ts';
import { costsOf, materialCost } from './costs.ts';

const sqm = fc.double({ min: 0, max: 2500, noNaN: true });
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, expected), `${found} is not ${expected}`);

describe('costs', () => {
  it('of the panels alone are 5400 for twelve square metres of LED panels', () => {
    assert.equal(materialCost(12, 450), 5400);
  });

  it('count waste as a share of the area, and labor as a share of the material', () => {
    assert.deepEqual(costsOf(12, { cost_per_sqm: 450, waste_factor: 0.25, labor_multiplier: 0.5 }), {
      ...{ material_coverage_sqm: 12, waste_coverage_sqm: 3, total_coverage_sqm: 15 },
      ...{ material_cost: 5400, waste_cost: 1350, total_material_cost: 6750 },
      ...{ labor_multiplier: 0.5, labor_cost: 3375, total_cost: 10_125 },
    });
    assert.equal(costsOf(12, { cost_per_sqm: 450, waste_factor: 0, labor_multiplier: null }).total_cost, 5400);
  });

  it('are the sums of their parts', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sqm, sqm, shares, fc.option(shares), (area, cost_per_sqm, waste_factor, labor_multiplier) => {
        const costs = costsOf(area, { cost_per_sqm, waste_factor, labor_multiplier });
        near(costs.total_coverage_sqm, costs.material_coverage_sqm + costs.waste_coverage_sqm);
        near(costs.total_material_cost, costs.total_coverage_sqm * cost_per_sqm);
        near(costs.total_cost, costs.material_cost + costs.waste_cost + costs.labor_cost);
      }),
    );
  });

  it('take waste as a share only, and say so where it is a multiplier', () => {
    assert.deepEqual(checkRates({}), { value: { waste_factor: 0.15, labor_multiplier: 0.25 } });
    assert.deepEqual(checkRates({ labor_multiplier: null }), { value: { waste_factor: 0.15, labor_multiplier: null } });
    const result = checkRates({ waste_factor: 1.15, labor_multiplier: -1, waste: 0.1 });
    assert.ok('problems' in result);
    assert.deepEqual(
      result.problems.map(({ message }) => message),
      [
        'waste is not known; there are waste_factor, labor_multiplier',
        'waste_factor is a share of 0 to 1, such as 0.15 for 15 percent, not 1.15',
        'labor_multiplier must be 0 to 10, not -1',
      ],
    );
  });
});

describe('an estimate', () => {
  const asked = (given: unknown) => {
    const result = checkEstimate(given);
    return 'value' in result ? costEstimate(result.value) : result.problems.map(({ field, code }) => [field, code]);
  };

  it('takes waste as a multiplier', () => {
    assert.deepEqual(asked({ material_id: 'drywall_white', area_sqm: 100, waste_factor: 1.5 }), {
      ...{ material_id: 'drywall_white', area_sqm: 100, adjusted_area_sqm: 150, waste_factor: 1.5 },
      ...{ raw_cost: 1500, waste_cost: 750, total_cost: 2250, currency: 'USD' },
    });
    const usual = asked({ material_id: 'drywall_white', area_sqm: 100 });
    assert.ok('waste_factor' in usual);
    assert.equal(usual.waste_factor, 1.15);
  });

  it('is refused with every problem at once', () => {
    assert.deepEqual(asked({ material_id: 'gold', area_sqm: 0, waste_factor: 0.15 }), [
      ['material_id', 'unknown-value'],
      ['area_sqm', 'out-of-range'],
      ['waste_factor', 'out-of-range'],
    ]);
  });
});
