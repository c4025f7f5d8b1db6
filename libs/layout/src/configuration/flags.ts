import type { ConfigurationKey } from './configuration.ts';

/** What a flag of the command line says: a value, or that a file is not to be written. */
type Flag = { readonly key: ConfigurationKey; readonly says: 'value' | 'off' };

/** By the flag's name without its dashes. `--config` and `--interactive` say where else values come from. */
export const configurationFlags = {
  length: { key: 'ceiling_length_mm', says: 'value' },
  width: { key: 'ceiling_width_mm', says: 'value' },
  'perim-gap': { key: 'perimeter_gap_mm', says: 'value' },
  'panel-gap': { key: 'panel_gap_mm', says: 'value' },
  material: { key: 'material_name', says: 'value' },
  waste: { key: 'waste_factor', says: 'value' },
  labor: { key: 'labor_multiplier', says: 'value' },
  'no-dxf': { key: 'export_dxf', says: 'off' },
  'no-svg': { key: 'export_svg', says: 'off' },
  'no-json': { key: 'export_json', says: 'off' },
  'no-report': { key: 'export_report', says: 'off' },
  'output-dir': { key: 'output_dir', says: 'value' },
  strategy: { key: 'optimization_strategy', says: 'value' },
} as const satisfies Readonly<Record<string, Flag>>;

/** Flags as a command line was read: absent ones undefined, numbers as numbers or as text. */
export type ConfigurationFlags = {
  readonly [flag in keyof typeof configurationFlags]?: string | number | boolean | undefined;
};

type GivenFlag = { readonly flag: string; readonly key: ConfigurationKey; readonly value: unknown };

/** What the flags say. A switch that was not given says nothing, so what a file turned off stays off. */
export const saidByFlags = (flags: ConfigurationFlags): readonly GivenFlag[] =>
  Object.entries<Flag>(configurationFlags).flatMap(([flag, { key, says }]): readonly GivenFlag[] => {
    const value = flags[flag as keyof ConfigurationFlags]; // A key of the table that the type is made of.
    if (value === undefined) return [];
    if (says === 'value') return [{ flag, key, value }];
    return value === false ? [] : [{ flag, key, value: value === true ? false : value }];
  });
