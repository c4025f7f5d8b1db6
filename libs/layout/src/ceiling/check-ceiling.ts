import type { Checked } from '../input-problem.ts';
import { checked, choice, knownOnly, note, number, type Reading, readingOf } from '../read-fields.ts';
import { strategies } from '../strategies.ts';
import { type CeilingInput, ceilingDefaults, ceilingLimits } from './ceiling-input.ts';

export type CeilingDefaults = Partial<Omit<CeilingInput, 'length_mm' | 'width_mm'>>;

/**
 * A ceiling as somebody gave it (parsed JSON, for one), with every problem at once. `defaults` go before those of
 * `ceilingDefaults`: the routes under `/api/v1` have always taken a panel gap of 50 where nothing was said.
 */
export const checkCeiling = (given: unknown, defaults: CeilingDefaults = {}): Checked<CeilingInput> => {
  const reading = readingOf(given);
  knownOnly(reading, ceilingFields);
  const input = readCeiling(reading, { ...ceilingDefaults, ...defaults });
  noteContradictions(reading, input);
  return checked(reading, input);
};

const readCeiling = (reading: Reading, defaults: CeilingDefaults): CeilingInput => {
  const limits = ceilingLimits;
  const read = (field: keyof typeof defaults & `${string}mm`, limit: { readonly min: number; readonly max: number }) =>
    number(reading, field, { ...limit, fallback: defaults[field] });
  return {
    length_mm: number(reading, 'length_mm', limits.dimension_mm),
    width_mm: number(reading, 'width_mm', limits.dimension_mm),
    perimeter_gap_mm: read('perimeter_gap_mm', limits.gap_mm),
    panel_gap_mm: read('panel_gap_mm', limits.gap_mm),
    target_aspect_ratio: number(reading, 'target_aspect_ratio', {
      ...limits.aspect_ratio,
      fallback: defaults.target_aspect_ratio,
    }),
    max_panel_dimension_mm: read('max_panel_dimension_mm', limits.panel_dimension_mm),
    min_panel_dimension_mm: read('min_panel_dimension_mm', limits.panel_dimension_mm),
    max_panels_per_dimension: number(reading, 'max_panels_per_dimension', {
      ...limits.panels_per_dimension,
      whole: true,
      fallback: defaults.max_panels_per_dimension,
    }),
    strategy: choice(reading, 'strategy', strategies, defaults.strategy),
  };
};

const ceilingFields: readonly (keyof CeilingInput)[] = [
  'length_mm',
  'width_mm',
  'perimeter_gap_mm',
  'panel_gap_mm',
  'target_aspect_ratio',
  'max_panel_dimension_mm',
  'min_panel_dimension_mm',
  'max_panels_per_dimension',
  'strategy',
];

/** Between the two perimeter gaps. */
const restMin = 100;

/** What each number may be and both together may not. `NaN` stands for what is noted already, and is in no contradiction. */
const noteContradictions = (reading: Reading, input: CeilingInput): void => {
  const required = 2 * input.perimeter_gap_mm + restMin;
  for (const field of ['length_mm', 'width_mm'] as const) {
    if (input[field] < required) {
      const why = `(twice the perimeter gap of ${input.perimeter_gap_mm} and ${restMin})`;
      note(reading, field, 'too-small', `must be at least ${required} ${why}, not ${input[field]}`);
    }
  }
  const { max_panel_dimension_mm: max, min_panel_dimension_mm: min } = input;
  if (max <= min) {
    note(
      reading,
      'max_panel_dimension_mm',
      'contradiction',
      `must be more than min_panel_dimension_mm (${min}), not ${max}`,
    );
  }
};
