import { type CeilingInput, ceilingDefaults, ceilingLimits } from '../ceiling/ceiling-input.ts';
import { checkCeiling } from '../ceiling/check-ceiling.ts';
import { labor, wasteShare } from '../costs/check-rates.ts';
import type { Checked, InputProblem } from '../input-problem.ts';
import { materialKeys } from '../materials/material.ts';
import { choice, flag, knownOnly, number, type Reading, readingOf, text } from '../read-fields.ts';
import { strategies } from '../strategies.ts';
import { type Configuration, type ConfigurationKey, configurationDefaults } from './configuration.ts';
import { type ConfigurationFlags, saidByFlags } from './flags.ts';

export type ConfigurationSources = {
  /** The parsed JSON of a file. */
  readonly file?: unknown;
  readonly flags?: ConfigurationFlags;
  /** What was answered when it was asked for, by key: text as it was typed, or values. An empty answer is none. */
  readonly answers?: Readonly<Record<string, unknown>>;
};

/**
 * Defaults, over them the file, over it the flags, over them the answers. Every problem of every source at once, also of
 * values that another source replaces.
 */
export const configurationOf = ({ file, flags = {}, answers = {} }: ConfigurationSources): Checked<Configuration> => {
  const problems: InputProblem[] = [];
  const given = [
    file === undefined ? {} : saidByFile(file, problems),
    ...saidByFlags(flags).map(({ flag, key, value }) => saidByFlag({ flag: `--${flag}`, key, value }, problems)),
    saidByAnswers(answers, problems),
  ];
  const configuration: Configuration = Object.assign({}, configurationDefaults, ...given);
  if (problems.length > 0) return { problems };
  const contradictions = contradictionsIn(configuration);
  return contradictions.length > 0 ? { problems: contradictions } : { value: configuration };
};

const saidByFile = (file: unknown, problems: InputProblem[]): Partial<Configuration> => {
  const reading = readingOf(file, problems);
  knownOnly(reading, keys);
  return readEach(reading);
};

const saidByFlag = (
  { flag: name, key, value }: { readonly flag: string; readonly key: ConfigurationKey; readonly value: unknown },
  problems: InputProblem[],
): Partial<Configuration> => {
  const reading = readingOf({ [name]: typed(key, value) }, problems);
  return { [key]: readers[key](reading, name) };
};

const saidByAnswers = (
  answers: Readonly<Record<string, unknown>>,
  problems: InputProblem[],
): Partial<Configuration> => {
  const given = Object.entries(answers).filter(([, value]) => value !== undefined && value !== '');
  const values = given.map(([key, value]) => [key, isKey(key) ? typed(key, value) : value] as const);
  const reading = readingOf(Object.fromEntries(values), problems);
  knownOnly(reading, keys);
  return readEach(reading);
};

/** Absent keys are left to what goes before. So is null, but for labor, where it says that none is counted. */
const readEach = (reading: Reading): Partial<Configuration> =>
  Object.fromEntries(
    keys
      .filter((key) => Object.hasOwn(reading.fields, key))
      .filter((key) => key === 'labor_multiplier' || reading.fields[key] !== null)
      .map((key) => [key, readers[key](reading, key)]),
  );

type Reader<T> = (reading: Reading, field: string) => T;

const dimension: Reader<number> = (reading, field) => number(reading, field, ceilingLimits.dimension_mm);
const gap: Reader<number> = (reading, field) => number(reading, field, ceilingLimits.gap_mm);
const yesOrNo: Reader<boolean> = (reading, field) => flag(reading, field);

/** As long as paths of files may be. */
const pathLengthMax = 4096;

const readers: { readonly [Key in ConfigurationKey]: Reader<Configuration[Key]> } = {
  ceiling_length_mm: dimension,
  ceiling_width_mm: dimension,
  perimeter_gap_mm: gap,
  panel_gap_mm: gap,
  material_name: (reading, field) => choice(reading, field, materialKeys),
  waste_factor: (reading, field) => wasteShare(reading, field),
  labor_multiplier: (reading, field) => labor(reading, field),
  export_dxf: yesOrNo,
  export_svg: yesOrNo,
  export_json: yesOrNo,
  export_report: yesOrNo,
  output_dir: (reading, field) => text(reading, field, { max: pathLengthMax }),
  optimization_strategy: (reading, field) => choice(reading, field, strategies),
};

// The readers have exactly the keys of a configuration: their type says so.
const keys = Object.keys(readers) as ConfigurationKey[];
const isKey = (key: string): key is ConfigurationKey => Object.hasOwn(readers, key);

/** What was typed, as the value that it says; what says none stays text, and is refused as such. */
const typed = (key: ConfigurationKey, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const example = configurationDefaults[key];
  const word = value.trim().toLowerCase();
  if (typeof example === 'boolean') return yes.has(word) ? true : no.has(word) ? false : value;
  if (typeof example !== 'number') return value;
  if (key === 'labor_multiplier' && word === 'none') return null;
  return decimal.test(word) ? Number(word) : value;
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/;
const yes: ReadonlySet<string> = new Set(['y', 'yes', 'true']);
const no: ReadonlySet<string> = new Set(['n', 'no', 'false']);

/** The ceiling that a configuration describes. */
export const ceilingOfConfiguration = (configuration: Configuration): CeilingInput => ({
  ...ceilingDefaults,
  length_mm: configuration.ceiling_length_mm,
  width_mm: configuration.ceiling_width_mm,
  perimeter_gap_mm: configuration.perimeter_gap_mm,
  panel_gap_mm: configuration.panel_gap_mm,
  strategy: configuration.optimization_strategy,
});

/** What the ceiling's own check says, by the names of the configuration. */
const contradictionsIn = (configuration: Configuration): readonly InputProblem[] => {
  const result = checkCeiling(ceilingOfConfiguration(configuration));
  if (!('problems' in result)) return [];
  return result.problems.map(({ field, code, message }) => ({
    field: `ceiling_${field}`,
    ...{ code, message: `ceiling_${message}` },
  }));
};
