/**
 * What an area of a material costs, as `/api/v1/materials/cost-estimate` has always answered. Its `waste_factor` is a
 * multiplier: 1.15 buys 15 percent more than the area. Everywhere else it is a share (`costs.ts`).
 */
import type { Checked } from '../input-problem.ts';
import { findMaterial } from '../materials/known-materials.ts';
import type { KnownMaterial } from '../materials/material.ts';
import { checked, knownOnly, number, readingOf } from '../read-fields.ts';

export type EstimateAsked = {
  readonly material: KnownMaterial;
  readonly area_sqm: number;
  readonly waste_factor: number;
};

export type CostEstimate = {
  readonly material_id: string;
  readonly area_sqm: number;
  readonly adjusted_area_sqm: number;
  readonly waste_factor: number;
  readonly raw_cost: number;
  readonly waste_cost: number;
  readonly total_cost: number;
  readonly currency: 'USD';
};

const wasteMultiplier = { min: 1, max: 2, fallback: 1.15 } as const;
/** Ten square kilometres; and a square centimetre. */
const area = { min: 0.0001, max: 10_000_000 } as const;

/** `{material_id, area_sqm, waste_factor}` as somebody gave it, with every problem at once. */
export const checkEstimate = (given: unknown): Checked<EstimateAsked> => {
  const reading = readingOf(given);
  knownOnly(reading, ['material_id', 'area_sqm', 'waste_factor']);
  const material = findMaterial(reading.fields.material_id, 'material_id');
  const area_sqm = number(reading, 'area_sqm', area);
  const waste_factor = number(reading, 'waste_factor', wasteMultiplier);
  if ('problems' in material) return { problems: [...material.problems, ...reading.problems] };
  return checked(reading, { material: material.value, area_sqm, waste_factor });
};

export const costEstimate = ({ material, area_sqm, waste_factor }: EstimateAsked): CostEstimate => {
  const adjusted_area_sqm = area_sqm * waste_factor;
  const raw_cost = area_sqm * material.cost_per_sqm;
  const total_cost = adjusted_area_sqm * material.cost_per_sqm;
  return {
    material_id: material.key,
    ...{ area_sqm, adjusted_area_sqm, waste_factor },
    ...{ raw_cost, waste_cost: total_cost - raw_cost, total_cost },
    currency: 'USD',
  };
};
