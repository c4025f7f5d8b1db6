/** What a project's panels are made of, and how it is reckoned what that costs. */
import { checkRates, type WasteAndLabor } from '../costs/check-rates.ts';
import { type Costs, costsOf } from '../costs/costs.ts';
import type { Checked } from '../input-problem.ts';
import { checkMaterial } from '../materials/custom-material.ts';
import type { Material } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import { knownOnly, readingOf } from '../read-fields.ts';
import { problemsOf } from './faults.ts';

export type Price = WasteAndLabor & { readonly material: Material };

/** `{material, waste_factor, labor_multiplier}` as somebody gave them, with every problem at once. */
export const checkPrice = (given: unknown): Checked<Price> => {
  const reading = readingOf(given);
  knownOnly(reading, ['material', 'waste_factor', 'labor_multiplier']);
  const material = checkMaterial(reading.fields.material);
  const rates = checkRates(ratesIn(reading.fields));
  if ('value' in material && 'value' in rates && reading.problems.length === 0) {
    return { value: { material: material.value, ...rates.value } };
  }
  return { problems: [...problemsOf(material, rates), ...reading.problems] };
};

const ratesIn = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name === 'waste_factor' || name === 'labor_multiplier'));

type Reckoned = WasteAndLabor & { readonly material: Pick<Material, 'cost_per_sqm'> };

export const costsAt = (
  { material, waste_factor, labor_multiplier }: Reckoned,
  { total_coverage_sqm }: Pick<PanelLayout, 'total_coverage_sqm'>,
): Costs => costsOf(total_coverage_sqm, { cost_per_sqm: material.cost_per_sqm, waste_factor, labor_multiplier });
