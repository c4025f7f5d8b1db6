import type { MaterialKey } from '../materials/material.ts';
import type { Strategy } from '../strategies.ts';

/** The thirteen keys of a configuration file, which has no others. */
export type Configuration = {
  readonly ceiling_length_mm: number;
  readonly ceiling_width_mm: number;
  readonly perimeter_gap_mm: number;
  readonly panel_gap_mm: number;
  readonly material_name: MaterialKey;
  /** A share: 0.15 is 15 percent more. */
  readonly waste_factor: number;
  /** A share of the material's cost; null counts no labor. */
  readonly labor_multiplier: number | null;
  readonly export_dxf: boolean;
  readonly export_svg: boolean;
  readonly export_json: boolean;
  readonly export_report: boolean;
  /** The folder that files are written to. */
  readonly output_dir: string;
  readonly optimization_strategy: Strategy;
};

export type ConfigurationKey = keyof Configuration;

export const configurationDefaults: Configuration = {
  ceiling_length_mm: 5000,
  ceiling_width_mm: 4000,
  perimeter_gap_mm: 200,
  panel_gap_mm: 200,
  material_name: 'led_panel_white',
  waste_factor: 0.15,
  labor_multiplier: 0.25,
  export_dxf: true,
  export_svg: true,
  export_json: true,
  export_report: true,
  output_dir: '.',
  optimization_strategy: 'balanced',
};
