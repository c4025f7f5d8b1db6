/** Fields of a feature as a client gives them, brought to what is recorded; everything that is wrong with them is said at once. */
import { type Fault, parseTimeUs } from '@plenum/event';
import { type FeatureField, type FeatureLayer, featureFields } from '../vocabulary/feature-fields.ts';

/** By field; `undefined` where nothing is known. A time is microseconds since 1970-01-01T00:00Z. */
export type FeatureValues = Readonly<Record<string, string | number | undefined>>;

export type CheckedFeature =
  /** Every field of the layer, in the order of its columns. */
  { readonly values: FeatureValues } | { readonly faults: readonly [Fault, ...Fault[]] };

export type FeatureBefore = {
  /** What is not given stays as it is here; without it the feature is new. */
  readonly before?: FeatureValues | undefined;
  /** The year in which it is recorded. */
  readonly year: number;
};

export const featureLimits = { textLength: 2_000, integerMax: 2_147_483_647, realMax: 1e15 } as const;

/** Nothing and an empty text are the same to clients, so both say that a value is not known. */
export const checkFeature = (layer: FeatureLayer, given: unknown, { before, year }: FeatureBefore): CheckedFeature => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { faults: [{ field: '', detail: 'must be an object' }] };
  }
  const fields = featureFields[layer];
  const faults: Fault[] = [];
  const said = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    const field = ourNames.get(name) ?? name;
    if (!Object.hasOwn(fields, field)) faults.push({ field: name.toWellFormed(), detail: `is no field of ${layer}` });
    else if (said.has(field)) faults.push({ field: name, detail: `is given twice, as ${field} and otherwise` });
    else said.set(field, value);
  }
  const values: Record<string, string | number | undefined> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!said.has(name)) {
      values[name] = before === undefined ? initialOf(field, year) : before[name];
      continue;
    }
    const read = readValue(field, said.get(name) ?? '');
    if (typeof read === 'object') faults.push({ field: name, detail: read.wrong });
    else values[name] = read;
  }
  const [first, ...more] = faults;
  return first === undefined ? { values } : { faults: [first, ...more] };
};

/** Names of the plugin, and those that clients spell otherwise. */
const ourNames: ReadonlyMap<string, string> = new Map([
  ['do', 'do_'],
  ['cable_layer_id', 'kabl_layer_id'],
  ['cable_fid', 'kabl_fid'],
]);

const initialOf = ({ initial, isYear }: FeatureField, year: number): string | number | undefined =>
  isYear === true ? year : initial;

type Wrong = { readonly wrong: string };

const readValue = (field: FeatureField, value: unknown): string | number | undefined | Wrong => {
  if (value === '') return undefined;
  switch (field.type) {
    case 'text':
      return readText(value);
    case 'integer':
      return readNumber(value, { most: featureLimits.integerMax, isWhole: true });
    case 'real':
      return readNumber(value, { most: featureLimits.realMax, isWhole: false });
    case 'time': {
      const timeUs = typeof value === 'string' ? parseTimeUs(value) : undefined;
      return timeUs ?? { wrong: 'must be a time such as 2026-03-04T09:15:02Z, of the years 1900 to 2200' };
    }
  }
};

/** A note may have lines. Other control characters are in no text that somebody wrote. */
const readText = (value: unknown): string | Wrong => {
  if (typeof value !== 'string') return { wrong: 'must be text' };
  if (value.length > featureLimits.textLength) {
    return { wrong: `must have at most ${featureLimits.textLength} characters` };
  }
  if (!value.isWellFormed()) return { wrong: 'has half a character' };
  return control.test(value) ? { wrong: 'has a control character' } : value;
};

/** The C0 and C1 sets, but for what begins a line or is a tabulator. */
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

type NumberRule = { readonly most: number; readonly isWhole: boolean };

const readNumber = (value: unknown, { most, isWhole }: NumberRule): number | Wrong => {
  const wrong = { wrong: `must be a ${isWhole ? 'whole ' : ''}number from ${-most} to ${most}` };
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > most) return wrong;
  if (isWhole && !Number.isInteger(value)) return wrong;
  return value + 0; // Minus zero becomes zero: JSON has no sign for it.
};
