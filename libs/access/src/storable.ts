/** Text that strangers sent, made fit for Postgres: it must never be refused there, or it would park whom it is about. */

import { storableText as tableText } from '@plenum/read-model';

/** As a table holds it, and at most so many characters. */
export const storableText = (text: string, lengthMax = 1024): string => tableText(text.slice(0, lengthMax));

/** JSON text with storable strings in it, or `undefined` when it is no JSON. */
export const storableJson = (json: string | undefined): string | undefined => {
  if (json === undefined) return undefined;
  try {
    return JSON.stringify(storable(JSON.parse(json)));
  } catch {
    // Not JSON: there is nothing in it that anybody could ask for.
    return undefined;
  }
};

const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storableText(name), storable(inner)]));
};
