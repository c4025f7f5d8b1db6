/** What panels are made of. Prices are US dollars for a square metre. */
export type Material = {
  /** Of the materials that everybody has; a custom material has none. */
  readonly key?: MaterialKey;
  readonly name: string;
  readonly category: MaterialCategory;
  readonly color: string;
  /** The share of light that comes back, 0 to 1. */
  readonly reflectivity: number;
  readonly cost_per_sqm: number;
  readonly notes: string;
};

export const materialCategories = ['lighting', 'acoustic', 'drywall', 'metal', 'custom'] as const;
export type MaterialCategory = (typeof materialCategories)[number];

export const materialKeys = [
  'led_panel_white',
  'led_panel_black',
  'acoustic_white',
  'acoustic_grey',
  'drywall_white',
  'aluminum_brushed',
  'aluminum_polished',
] as const;
export type MaterialKey = (typeof materialKeys)[number];

export type KnownMaterial = Material & { readonly key: MaterialKey };
