import type { Checked } from '../input-problem.ts';
import { checked, knownOnly, note, number, type Reading, readingOf } from '../read-fields.ts';
import { type CostRates, costDefaults } from './costs.ts';

/**
 * A share, and a multiplier under the same name elsewhere (`cost-estimate.ts`). Nobody wastes more than what is needed, so 1.15
 * is a multiplier that went astray, and is refused.
 */
export const wasteShareLimit = { min: 0, max: 1 } as const;
export const laborLimit = { min: 0, max: 10 } as const;

export type WasteAndLabor = Pick<CostRates, 'waste_factor' | 'labor_multiplier'>;

/** Waste and labor as somebody gave them, with every problem at once. A `labor_multiplier` of null counts no labor. */
export const checkRates = (given: unknown, defaults: WasteAndLabor = costDefaults): Checked<WasteAndLabor> => {
  const reading = readingOf(given);
  knownOnly(reading, ['waste_factor', 'labor_multiplier']);
  return checked(reading, {
    waste_factor: wasteShare(reading, 'waste_factor', defaults.waste_factor),
    labor_multiplier: labor(reading, 'labor_multiplier', defaults.labor_multiplier),
  });
};

export const wasteShare = (reading: Reading, field: string, fallback?: number): number => {
  const noted = reading.problems.length;
  const value = number(reading, field, { ...wasteShareLimit, fallback });
  const given = reading.fields[field];
  if (reading.problems.length > noted && typeof given === 'number' && given > 1) {
    reading.problems.pop();
    note(reading, field, 'out-of-range', `is a share of 0 to 1, such as 0.15 for 15 percent, not ${given}`);
  }
  return value;
};

/** Null and absent are two: the one says that labor is not counted. */
export const labor = (reading: Reading, field: string, fallback: number | null = null): number | null => {
  if (Object.hasOwn(reading.fields, field) && reading.fields[field] === null) return null;
  if (reading.fields[field] === undefined && fallback === null) return null;
  return number(reading, field, { ...laborLimit, fallback: fallback ?? undefined });
};
