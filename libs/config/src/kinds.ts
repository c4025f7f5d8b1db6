/** The kinds of setting. Each takes what it is about, an example, a fallback, and whether it is optional or secret. */
import { type Declared, type Kind, type Setting, setting, type ValueOf } from './setting.ts';

type Range = { readonly min?: number; readonly max?: number };

/** Any text, taken exactly as it is. */
export const text = <const D extends Declared<string>>(declared: D): Setting<ValueOf<string, D>> =>
  setting({ expected: 'text', parse: (written) => written, format: (value) => value }, declared);

/** A whole number, `min` and `max` included. */
export const int = <const D extends Declared<number> & Range>(declared: D): Setting<ValueOf<number, D>> =>
  setting(numeric('a whole number', declared, { pattern: /^[+-]?\d+$/, unit: plain }), declared);

/** A TCP port; 0 lets the operating system choose a free one. */
export const port = <const D extends Declared<number>>(declared: D): Setting<ValueOf<number, D>> =>
  setting(numeric('a port', { min: 0, max: 65_535 }, { pattern: /^\d+$/, unit: plain }), declared);

/** Milliseconds: a whole number of them, or one with a unit, such as `250ms`, `5s`, `2m`, `1h` or `7d`. */
export const durationMs = <const D extends Declared<number> & Range>(declared: D): Setting<ValueOf<number, D>> =>
  setting(
    numeric('a duration such as 250ms or 5s', declared, { pattern: /^\d+ ?[a-z]*$/i, unit: milliseconds }),
    declared,
  );

/** Bytes: a whole number of them, or one with a unit, such as `64KiB` or `256MiB`. */
export const sizeBytes = <const D extends Declared<number> & Range>(declared: D): Setting<ValueOf<number, D>> =>
  setting(numeric('a size such as 262144 or 256KiB', declared, { pattern: /^\d+ ?[a-z]*$/i, unit: bytes }), declared);

/** `true` or `false`, also `1`, `yes`, `on`, `0`, `no` and `off`, in any case. */
export const bool = <const D extends Declared<boolean>>(declared: D): Setting<ValueOf<boolean, D>> =>
  setting(
    { expected: 'true or false', parse: (written) => booleans.get(written.trim().toLowerCase()), format: String },
    declared,
  );

/** Parts between commas, without the spaces around them; empty parts do not count. */
export const list = <const D extends Declared<readonly string[]>>(
  declared: D,
): Setting<ValueOf<readonly string[], D>> => {
  const parse = (written: string): readonly string[] | undefined => {
    const parts = written.split(',').map((part) => part.trim());
    return parts.some((part) => part !== '') ? parts.filter((part) => part !== '') : undefined;
  };
  return setting({ expected: 'a list with commas', parse, format: (value) => value.join(',') }, declared);
};

/** One of a few words, in any case. */
export const choice = <const C extends string, const D extends Declared<NoInfer<C>>>(
  choices: readonly C[],
  declared: D,
): Setting<ValueOf<C, D>> => {
  const parse = (written: string): C | undefined =>
    choices.find((word) => word.toLowerCase() === written.trim().toLowerCase());
  return setting<C, D>({ expected: `one of ${choices.join(', ')}`, parse, format: (value) => value }, declared);
};

/** An absolute URL, as its text; `schemes` are written without the colon. */
export const url = <const D extends Declared<string> & { readonly schemes?: readonly string[] }>(
  declared: D,
): Setting<ValueOf<string, D>> => {
  const { schemes } = declared;
  const parse = (written: string): string | undefined => {
    const protocol = URL.parse(written.trim())?.protocol.slice(0, -1);
    if (protocol === undefined || (schemes !== undefined && !schemes.includes(protocol))) return undefined;
    return written.trim();
  };
  const expected = schemes === undefined ? 'a URL' : `a URL that begins with ${schemes.join(':// or ')}://`;
  return setting({ expected, parse, format: (value) => value }, declared);
};

type Numeric = {
  readonly pattern: RegExp;
  /** How much one of a unit is; `undefined` when there is no such unit. */
  readonly unit: (name: string) => number | undefined;
};

const numeric = (name: string, { min, max }: Range, { pattern, unit }: Numeric): Kind<number> => ({
  expected: `${name}${rangeText(min, max)}`,
  parse: (written) => {
    const trimmed = written.trim();
    const factor = unit(trimmed.replace(/^[+-]?\d+ ?/, '').toLowerCase());
    if (!pattern.test(trimmed) || factor === undefined) return undefined;
    const value = Number.parseInt(trimmed, 10) * factor;
    const inside = value >= (min ?? Number.MIN_SAFE_INTEGER) && value <= (max ?? Number.MAX_SAFE_INTEGER);
    return inside ? value : undefined;
  },
  format: String,
});

const rangeText = (min: number | undefined, max: number | undefined): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, ${min} or more`;
  return max === undefined ? '' : `, ${max} or less`;
};

const plain = (name: string): number | undefined => (name === '' ? 1 : undefined);

const milliseconds = (name: string): number | undefined => durations.get(name);
const bytes = (name: string): number | undefined => sizes.get(name);

// Maps, because an object would also know words such as `constructor`.
const durations: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const sizes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
]);

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);
