import type { Checked } from '../input-problem.ts';
import { checked, choice, isObject, knownOnly, number, type Reading, readingOf, text } from '../read-fields.ts';
import { findMaterial } from './known-materials.ts';
import type { Material } from './material.ts';

/** How many characters of each are kept. */
export const materialLengthMax = { name: 200, color: 100, notes: 2000 } as const;

/** A million dollars for a square metre is more than gold leaf on marble. */
export const costPerSqmMax = 1_000_000;

/** A material that somebody describes, with every problem at once. */
export const checkCustomMaterial = (given: unknown, field = 'material'): Checked<Material> => {
  const reading = readingOf(given, [], `${field}.`);
  knownOnly(reading, ['name', 'category', 'color', 'reflectivity', 'cost_per_sqm', 'notes']);
  const category = choice(reading, 'category', ['custom'], 'custom');
  return checked(reading, { ...readLooks(reading), category, ...readPrice(reading) });
};

/** What of a material is words, and how bright it is. */
export const readLooks = (reading: Reading) => ({
  name: text(reading, 'name', { max: materialLengthMax.name }),
  color: text(reading, 'color', { min: 0, max: materialLengthMax.color, fallback: '' }),
  reflectivity: number(reading, 'reflectivity', { min: 0, max: 1, fallback: 0 }),
  notes: text(reading, 'notes', { min: 0, max: materialLengthMax.notes, fallback: '' }),
});

const readPrice = (reading: Reading) => ({
  cost_per_sqm: number(reading, 'cost_per_sqm', { min: 0, max: costPerSqmMax }),
});

/** A material as somebody names one: the key of one that everybody has, or an object that describes a custom one. */
export const checkMaterial = (given: unknown, field = 'material'): Checked<Material> =>
  isObject(given) ? checkCustomMaterial(given, field) : findMaterial(given, field);
