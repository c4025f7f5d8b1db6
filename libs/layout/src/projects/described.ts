/** What a project is called, and what else its makers keep with it. */
import type { Checked } from '../input-problem.ts';
import { checked, fieldOf, isObject, knownOnly, note, type Reading, readingOf, said, text } from '../read-fields.ts';

export type Described = {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** A JSON object as text. */
  readonly metadata: string;
};

export const describedLimits = {
  nameMax: 200,
  descriptionMax: 2000,
  tagsMax: 50,
  tagMax: 50,
  metadataMax: 16_384,
  metadataDepthMax: 16,
} as const;

/** `{name, description, tags, metadata}` as somebody gave them, with every problem at once. What is not given stays. */
export const checkDescribed = (given: unknown, before?: Described): Checked<Described> => {
  const reading = readingOf(given);
  knownOnly(reading, ['name', 'description', 'tags', 'metadata']);
  return checked(reading, {
    name: text(reading, 'name', { max: describedLimits.nameMax, fallback: before?.name }),
    description: descriptionIn(reading, before?.description ?? ''),
    tags: tagsIn(reading, before?.tags ?? []),
    metadata: metadataIn(reading, before?.metadata ?? '{}'),
  });
};

/** Unlike a name it may have lines, and be empty. */
const descriptionIn = (reading: Reading, before: string): string => {
  const value = fieldOf(reading, 'description') ?? before;
  const { descriptionMax } = describedLimits;
  if (typeof value !== 'string') note(reading, 'description', 'wrong-type', `must be text, not ${said(value)}`);
  else if (value.length > descriptionMax) {
    note(reading, 'description', 'too-long', `takes more than ${descriptionMax} characters`);
  } else if (!value.isWellFormed()) note(reading, 'description', 'control-character', 'has half a character');
  else if (control.test(value)) note(reading, 'description', 'control-character', 'has a control character');
  else return value;
  return '';
};

/** The C0 and C1 sets, but for what begins a line or is a tabulator. */
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

const tagsIn = (reading: Reading, before: readonly string[]): readonly string[] => {
  const value = fieldOf(reading, 'tags') ?? before;
  const { tagsMax, tagMax } = describedLimits;
  if (!Array.isArray(value)) {
    note(reading, 'tags', 'wrong-type', `must be a list, not ${said(value)}`);
    return [];
  }
  if (value.length > tagsMax) {
    note(reading, 'tags', 'too-long', `has more than ${tagsMax}`);
    return [];
  }
  // Each is read as a field of its own, such as `tags.0`.
  const one: Reading = { fields: { ...value }, prefix: `${reading.prefix}tags.`, problems: reading.problems };
  return [...new Set(value.map((_, index) => text(one, String(index), { max: tagMax })))];
};

const metadataIn = (reading: Reading, before: string): string => {
  const value = fieldOf(reading, 'metadata');
  const { metadataMax, metadataDepthMax } = describedLimits;
  if (value === undefined) return before;
  if (!isObject(value)) note(reading, 'metadata', 'wrong-type', `must be an object, not ${said(value)}`);
  else if (!isWithin(value, metadataDepthMax)) {
    note(reading, 'metadata', 'too-long', `is nested more than ${metadataDepthMax} times`);
  } else {
    const json = JSON.stringify(value);
    if (json.length <= metadataMax) return json;
    note(reading, 'metadata', 'too-long', `takes more than ${metadataMax} characters of JSON`);
  }
  return '{}';
};

/** Whether a JSON value is nested at most so deep: what is nested without end cannot even be written down. */
const isWithin = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((one) => isWithin(one, depth - 1)));
