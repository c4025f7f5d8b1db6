/**
 * Reads fields of a JSON body that came from a device. Each reader returns the value or throws a `Refusal`, which
 * `observe` turns into a quarantine with its reason; it never leaves this package.
 */
import { parseTimeUs, type ZoneOffset } from '@plenum/event';

/** Why a message cannot be understood: a stable code for machines, a sentence for people. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, detail: string) {
    // A detail quotes what was sent, and quoting may cut a character in half.
    super(detail.toWellFormed());
    this.name = 'Refusal';
    this.code = code;
  }
}

export type RefusalCode =
  | 'unknown-topic'
  | 'bad-identifier'
  | 'empty'
  | 'not-utf8'
  | 'not-json'
  | 'missing-field'
  | 'wrong-type'
  | 'not-finite'
  | 'out-of-range'
  | 'unknown-value'
  | 'unreadable-time';

export type Body = Readonly<Record<string, unknown>>;

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

const said = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** The field's value, or a refusal when it is absent or null. */
export const required = (body: Body, field: string): unknown => {
  const value = body[field];
  if (isAbsent(value)) throw new Refusal('missing-field', `${field} is missing`);
  return value;
};

/** `read(body, field)`, or `undefined` when the field is absent or null. */
export const optional = <T>(body: Body, field: string, read: (body: Body, field: string) => T): T | undefined =>
  isAbsent(body[field]) ? undefined : read(body, field);

/** How many characters of each kind of text are taken. What a field may hold, every row and every page has to hold. */
export const lengthMax = { unit: 64, time: 64, name: 200, detail: 1_000 } as const;

/** At most so many characters, of which one outside the basic plane counts once. */
export const text =
  (charactersMax: number) =>
  (body: Body, field: string): string => {
    const value = required(body, field);
    if (typeof value !== 'string') throw new Refusal('wrong-type', `${field} must be text, not ${said(value)}`);
    return bounded(wellFormed(value, field), field, charactersMax);
  };

/** What things are called: a zone, a version, a command. */
export const name = text(lengthMax.name);
const timeText = text(lengthMax.time);

const bounded = (value: string, field: string, charactersMax: number): string => {
  if (value.length <= charactersMax) return value;
  // Twice as many units may still be as many characters; counting is for those alone.
  const characters = value.length > 2 * charactersMax ? value.length : [...value].length;
  if (characters > charactersMax) {
    throw new Refusal('out-of-range', `${field} takes ${characters} characters, and ${charactersMax} are kept`);
  }
  return value;
};

/** JSON can escape half a character (`\ud800` alone). No bytes of UTF-8 mean that, so no log could give it back. */
const wellFormed = (value: string, field: string): string => {
  if (!value.isWellFormed()) throw new Refusal('not-utf8', `${field} has half a character, which UTF-8 cannot hold`);
  return value;
};

/** A finite number. JSON has no NaN, but `1e999` reads as infinity. */
export const finite = (body: Body, field: string): number => {
  const value = required(body, field);
  if (typeof value !== 'number') throw new Refusal('wrong-type', `${field} must be a number, not ${said(value)}`);
  if (!Number.isFinite(value)) throw new Refusal('not-finite', `${field} is not a finite number`);
  return value + 0; // Minus zero becomes zero: JSON on the way to a table loses its sign, and rows are compared.
};

export const percent = (body: Body, field: string): number => {
  const value = finite(body, field);
  if (value < 0 || value > 100) throw new Refusal('out-of-range', `${field} must be 0 to 100, not ${value}`);
  return value;
};

export const object = (body: Body, field: string): Body => {
  const value = required(body, field);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Refusal('wrong-type', `${field} must be an object, not ${said(value)}`);
  }
  return value as Body; // Not null (required), not an array: a JSON object.
};

/** What a device adds in a shape of its own, as JSON text: no longer and no deeper than a table takes and shows. */
export const json = (body: Body, field: string): string => {
  const value = object(body, field);
  refuseUnwritable(value, field, jsonLevelsMax);
  const written = JSON.stringify(value);
  // What is counted takes three characters each time, so that what is short cannot become too long.
  if (written.length * (1 + exponentLengthMax / 3) <= jsonLengthMax) return written;
  const length = written.length + exponentLengthMax * (written.split(exponent).length - 1);
  if (length > jsonLengthMax) {
    throw new Refusal('out-of-range', `${field} takes ${length} characters, and ${jsonLengthMax} are kept`);
  }
  return written;
};

/** PostgreSQL keeps `1e300` as a number, and gives it back with three hundred zeros. */
const exponent = /\de[+-]/;
const exponentLengthMax = 330;

/** PostgreSQL gives up somewhere between ten and twenty thousand; nobody who reads it by eye gets to sixty. */
const jsonLevelsMax = 64;
const jsonLengthMax = 65_536;

const refuseUnwritable = (value: unknown, field: string, levels: number): void => {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Refusal('not-finite', `${field} holds a number beyond a double, which would be written as null`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw new Refusal('out-of-range', `${field} is nested more than ${jsonLevelsMax} levels deep`);
  for (const inner of Object.values(value)) refuseUnwritable(inner, field, levels - 1);
};

const entriesMax = 64;

/** A list of names. */
export const texts = (body: Body, field: string): readonly string[] => {
  const value = required(body, field);
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new Refusal('wrong-type', `${field} must be a list of texts, not ${said(value)}`);
  }
  if (value.length > entriesMax) {
    throw new Refusal('out-of-range', `${field} has ${value.length} entries, and ${entriesMax} are kept`);
  }
  for (const item of value) bounded(wellFormed(item, field), `an entry of ${field}`, lengthMax.name);
  return value as readonly string[]; // Every item was just seen to be a string.
};

/** One of a closed vocabulary. */
export const word =
  <T extends string>(isKnown: (text: string) => text is T) =>
  (body: Body, field: string): T => {
    const value = name(body, field);
    if (!isKnown(value)) throw new Refusal('unknown-value', `${field} ${said(value)} is not known`);
    return value;
  };

export type SentTime = { readonly sent: string; readonly timeUs: number };

/** A date and time: as sent, and as an instant. */
export const time =
  (zone: ZoneOffset) =>
  (body: Body, field: string): SentTime => {
    const sent = timeText(body, field);
    const timeUs = parseTimeUs(sent, zone);
    if (timeUs === undefined) {
      throw new Refusal('unreadable-time', `${field} ${said(sent)} is not a date and time between 1900 and 2200`);
    }
    return { sent, timeUs };
  };

/** The device's own id for a message: text, or a whole number such as a counter. */
export const messageId = (body: Body, field: string): string => {
  const value = required(body, field);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && value !== '' && value.length <= lengthMax.name) return wellFormed(value, field);
  throw new Refusal('wrong-type', `${field} must be text of 1 to 200 characters or a whole number, not ${said(value)}`);
};

export type Location = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly zone: string | undefined;
};

export const location = (body: Body, field: string): Location => {
  const at = object(body, field);
  return {
    x: finite(at, 'x'),
    y: finite(at, 'y'),
    z: finite(at, 'z'),
    zone: optional(at, 'zone', name),
  };
};
