import type { Checked } from '../input-problem.ts';
import { checked, choice, readingOf } from '../read-fields.ts';
import { type KnownMaterial, type MaterialKey, materialKeys } from './material.ts';

const led = { name: 'LED Panel', category: 'lighting', notes: 'Integrated LED lighting, 4000K' } as const;
const acoustic = { name: 'Acoustic Panel', category: 'acoustic', notes: 'Sound absorbing, Class A' } as const;
const drywall = { name: 'Drywall', category: 'drywall', notes: 'Standard gypsum board' } as const;
const aluminum = { name: 'Aluminum', category: 'metal' } as const;

const byKey: Readonly<Record<MaterialKey, Omit<KnownMaterial, 'key'>>> = {
  led_panel_white: { ...led, color: 'White', reflectivity: 0.85, cost_per_sqm: 450 },
  led_panel_black: { ...led, color: 'Black', reflectivity: 0.15, cost_per_sqm: 450 },
  acoustic_white: { ...acoustic, color: 'White', reflectivity: 0.7, cost_per_sqm: 35 },
  acoustic_grey: { ...acoustic, color: 'Grey', reflectivity: 0.5, cost_per_sqm: 35 },
  drywall_white: { ...drywall, color: 'White', reflectivity: 0.75, cost_per_sqm: 15 },
  aluminum_brushed: {
    ...aluminum,
    ...{ color: 'Brushed Silver', reflectivity: 0.6, cost_per_sqm: 120, notes: 'Anodized aluminum, brushed finish' },
  },
  aluminum_polished: {
    ...aluminum,
    ...{ color: 'Polished Silver', reflectivity: 0.9, cost_per_sqm: 140, notes: 'Anodized aluminum, mirror polish' },
  },
};

/** The materials that everybody has. */
export const materials: readonly KnownMaterial[] = materialKeys.map((key) => ({ key, ...byKey[key] }));

/** One of them by its key; any other key is a problem of `field` that lists those there are. */
export const findMaterial = (key: unknown, field = 'material_name'): Checked<KnownMaterial> => {
  const reading = readingOf({ [field]: key });
  const known = choice(reading, field, materialKeys);
  return checked(reading, { key: known, ...byKey[known] });
};
