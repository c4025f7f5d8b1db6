/** What a layout costs, in US dollars. Nothing is rounded here: documents and reports round what they show. */

export type CostRates = {
  readonly cost_per_sqm: number;
  /** What is bought besides what is needed, as a share of it: 0.15 is 15 percent more. */
  readonly waste_factor: number;
  /** What labor costs, as a share of the material: 0.25 is 25 percent more. Null: labor is not counted. */
  readonly labor_multiplier: number | null;
};

export type Costs = {
  readonly material_coverage_sqm: number;
  readonly waste_coverage_sqm: number;
  readonly total_coverage_sqm: number;
  readonly material_cost: number;
  readonly waste_cost: number;
  readonly total_material_cost: number;
  readonly labor_multiplier: number | null;
  readonly labor_cost: number;
  readonly total_cost: number;
};

/** What is taken where nothing is said. */
export const costDefaults = { waste_factor: 0.15, labor_multiplier: 0.25 } as const;

export const costsOf = (coverage_sqm: number, { cost_per_sqm, waste_factor, labor_multiplier }: CostRates): Costs => {
  const waste_coverage_sqm = coverage_sqm * waste_factor;
  const material_cost = materialCost(coverage_sqm, cost_per_sqm);
  const waste_cost = waste_coverage_sqm * cost_per_sqm;
  const total_material_cost = material_cost + waste_cost;
  const labor_cost = total_material_cost * (labor_multiplier ?? 0);
  return {
    material_coverage_sqm: coverage_sqm,
    waste_coverage_sqm,
    total_coverage_sqm: coverage_sqm + waste_coverage_sqm,
    ...{ material_cost, waste_cost, total_material_cost },
    labor_multiplier,
    labor_cost,
    total_cost: total_material_cost + labor_cost,
  };
};

/** What the panels alone cost, without waste and labor: the `total_cost` beside a material. */
export const materialCost = (coverage_sqm: number, cost_per_sqm: number): number => coverage_sqm * cost_per_sqm;
