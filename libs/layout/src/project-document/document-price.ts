/** The price in a project document: its material and its costs, as each generation has them. */
import { labor } from '../costs/check-rates.ts';
import { materialCost } from '../costs/costs.ts';
import { costPerSqmMax, readLooks } from '../materials/custom-material.ts';
import { materials } from '../materials/known-materials.ts';
import { type KnownMaterial, type Material, materialCategories } from '../materials/material.ts';
import type { PanelLayout } from '../panels/panel-layout.ts';
import { choice, note, number, type Reading } from '../read-fields.ts';
import type { DocumentCosts, DocumentMaterial } from './project-document.ts';

/** The most that a ceiling can cost: all of the largest one, of the dearest material, twice as much wasted and ten times labor. */
const money = { min: 0, max: 1e12 } as const;
const area = { min: 0, max: 5000 } as const;
const price = { min: 0, max: costPerSqmMax } as const;

/** The price stands under either name or under both; what the panels cost is computed where it is left out. */
export const readMaterial = (reading: Reading, { total_coverage_sqm }: PanelLayout): DocumentMaterial => {
  const { name, color, reflectivity, notes } = readLooks(reading);
  const category = choice(reading, 'category', materialCategories);
  const cost_per_m2 = number(reading, 'cost_per_m2', { ...price, fallback: numberIn(reading, 'cost_per_sqm') });
  const cost_per_sqm = number(reading, 'cost_per_sqm', { ...price, fallback: numberIn(reading, 'cost_per_m2') });
  if (Number.isFinite(cost_per_m2) && Number.isFinite(cost_per_sqm) && cost_per_m2 !== cost_per_sqm) {
    note(reading, 'cost_per_sqm', 'contradiction', `must be what cost_per_m2 is, ${cost_per_m2}, not ${cost_per_sqm}`);
  }
  const computed = materialCost(total_coverage_sqm, cost_per_m2);
  const fallback = Number.isFinite(computed) ? computed : 0;
  const total_cost = number(reading, 'total_cost', { ...money, fallback });
  return { name, category, color, reflectivity, cost_per_m2, cost_per_sqm, notes, total_cost };
};

const numberIn = ({ fields }: Reading, field: string): number | undefined => {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return typeof value === 'number' ? value : undefined;
};

export const readCosts = (reading: Reading): DocumentCosts => ({
  material_coverage_sqm: number(reading, 'material_coverage_sqm', area),
  waste_coverage_sqm: number(reading, 'waste_coverage_sqm', area),
  total_coverage_sqm: number(reading, 'total_coverage_sqm', area),
  material_cost: number(reading, 'material_cost', money),
  waste_cost: number(reading, 'waste_cost', money),
  total_material_cost: number(reading, 'total_material_cost', money),
  labor_multiplier: labor(reading, 'labor_multiplier'),
  labor_cost: number(reading, 'labor_cost', { ...money, fallback: 0 }),
  total_cost: number(reading, 'total_cost', money),
  waste_factor: number(reading, 'waste_factor', { min: 0, max: 1 }),
});

/** The material that a document is priced with: one that everybody has where all of it is the same, else a custom one. */
export const materialOfDocument = (material: DocumentMaterial): Material => {
  const { name, color, reflectivity, notes, cost_per_sqm } = material;
  const isSame = (known: KnownMaterial) =>
    known.name === name &&
    known.category === material.category &&
    known.color === color &&
    known.reflectivity === reflectivity &&
    known.cost_per_sqm === cost_per_sqm &&
    known.notes === notes;
  return materials.find(isSame) ?? { name, category: 'custom', color, reflectivity, cost_per_sqm, notes };
};
