/**
 * Reads fields of what came from outside and notes every problem instead of stopping at the first. A reader that noted one
 * returns a value that stands in for it (`NaN`, an empty text), so that reading goes on; `checked` then refuses the whole.
 */
import type { Checked, InputProblem, ProblemCode } from './input-problem.ts';

export type Reading = {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Stands before the names of fields: empty, or `layout.` inside of it. */
  readonly prefix: string;
  /** Grows as fields are read. */
  readonly problems: InputProblem[];
};

/** `value` should be an object; what is not one is noted, and read as an empty one. */
export const readingOf = (value: unknown, problems: InputProblem[] = [], prefix = ''): Reading => {
  if (isObject(value)) return { fields: value, prefix, problems };
  const field = prefix.slice(0, -1);
  problems.push({
    field,
    code: 'wrong-type',
    message: `${field || 'what was given'} must be an object, not ${said(value)}`,
  });
  return { fields: {}, prefix, problems };
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields inside one of the fields. */
export const inside = (reading: Reading, field: string): Reading => {
  const value = fieldOf(reading, field);
  const prefix = `${reading.prefix}${field}.`;
  if (value !== undefined) return readingOf(value, reading.problems, prefix);
  note(reading, field, 'missing', 'is missing');
  return { fields: {}, prefix, problems: reading.problems };
};

export const checked = <T>({ problems }: Reading, value: T): Checked<T> =>
  problems.length === 0 ? { value } : { problems };

/** `message` goes on after the name of the field. */
export const note = ({ prefix, problems }: Reading, field: string, code: ProblemCode, message: string): void => {
  problems.push({ field: prefix + field, code, message: `${prefix}${field} ${message}`.toWellFormed() });
};

/** Null is as good as absent. Names such as `__proto__` are fields of nothing. */
export const fieldOf = ({ fields }: Reading, field: string): unknown =>
  Object.hasOwn(fields, field) ? (fields[field] ?? undefined) : undefined;

type NumberRule = {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** For a field that is absent. */
  readonly fallback?: number | undefined;
};

/** A finite number, both bounds included. */
export const number = (reading: Reading, field: string, { min, max, whole = false, fallback }: NumberRule): number => {
  const value = fieldOf(reading, field) ?? fallback;
  if (value === undefined) note(reading, field, 'missing', 'is missing');
  else if (typeof value !== 'number') note(reading, field, 'wrong-type', `must be a number, not ${said(value)}`);
  else if (!Number.isFinite(value)) note(reading, field, 'not-finite', `must be a finite number, not ${value}`);
  else if (whole && !Number.isInteger(value))
    note(reading, field, 'wrong-type', `must be a whole number, not ${value}`);
  else if (value < min || value > max) note(reading, field, 'out-of-range', `must be ${min} to ${max}, not ${value}`);
  else return value + 0; // Minus zero becomes zero: JSON loses its sign, and a document is read back as it was.
  return Number.NaN;
};

export const flag = (reading: Reading, field: string, fallback?: boolean): boolean => {
  const value = fieldOf(reading, field) ?? fallback;
  if (typeof value === 'boolean') return value;
  if (value === undefined) note(reading, field, 'missing', 'is missing');
  else note(reading, field, 'wrong-type', `must be true or false, not ${said(value)}`);
  return false;
};

type TextRule = { readonly min?: number; readonly max: number; readonly fallback?: string | undefined };

/**
 * One line of text, of so many characters: no line breaks and no other control characters, which are commands to some of the
 * programs that read what is written of it. Anything else is text.
 */
export const text = (reading: Reading, field: string, { min = 1, max, fallback }: TextRule): string => {
  const value = fieldOf(reading, field) ?? fallback;
  if (value === undefined) note(reading, field, 'missing', 'is missing');
  else if (typeof value !== 'string') note(reading, field, 'wrong-type', `must be text, not ${said(value)}`);
  else if (charactersOf(value, max) > max) note(reading, field, 'too-long', `takes more than ${max} characters`);
  else if (value.trim().length < min) note(reading, field, 'missing', 'is empty');
  else if (!value.isWellFormed()) note(reading, field, 'control-character', 'has half a character');
  else if (control.test(value))
    note(reading, field, 'control-character', 'has a line break or another control character');
  else return value;
  return '';
};

/** The C0 and C1 sets, and the two separators of lines that JavaScript knows besides. */
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One outside the basic plane counts once; what is too long either way is not counted. */
const charactersOf = (value: string, max: number): number =>
  value.length <= max || value.length > 2 * max ? value.length : [...value].length;

/** One of a few words. */
export const choice = <T extends string>(reading: Reading, field: string, words: readonly T[], fallback?: T): T => {
  const value = fieldOf(reading, field) ?? fallback;
  const known = words.find((word) => word === value);
  if (known !== undefined) return known;
  if (value === undefined) note(reading, field, 'missing', 'is missing');
  else note(reading, field, 'unknown-value', `must be one of ${words.join(', ')}, not ${said(value)}`);
  return words[0] as T; // Stands in: the reading is refused. There is a first one wherever there is a choice.
};

/** Notes each field that nobody reads, up to a number that can be read. */
export const knownOnly = (reading: Reading, known: readonly string[]): void => {
  const unknown = Object.keys(reading.fields).filter((field) => !known.includes(field));
  for (const field of unknown.slice(0, namedMax)) {
    note(reading, shortened(field), 'unknown-field', `is not known; there are ${known.join(', ')}`);
  }
  if (unknown.length > namedMax) {
    const message = `${unknown.length} fields are not known, of which ${namedMax} are named`;
    reading.problems.push({ field: reading.prefix.slice(0, -1), code: 'unknown-field', message });
  }
};

const namedMax = 20;

/** What was given instead, no longer than can be read. */
export const said = (value: unknown): string => shortened(JSON.stringify(value) ?? String(value));

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text).toWellFormed();
