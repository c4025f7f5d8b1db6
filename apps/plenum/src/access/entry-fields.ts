/** Fields of one entry of a file, read into what they have to be, or why not. No reason repeats what a field holds. */

export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws Unreadable when it is no object, has a field that nobody would look at, or is not active there. */
export const fieldsOf = (value: unknown, known: readonly string[]): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable('it is no JSON object');
  const fields = value as Fields; // An object of JSON.
  const strange = Object.keys(fields).find((field) => !known.includes(field));
  if (strange === 'password') throw new Unreadable('it has a password in the clear, which is not taken');
  if (strange !== undefined)
    throw new Unreadable(`it has a field ${strange.slice(0, 40)}; known are ${known.join(', ')}`);
  if (fields.is_active === false || fields.is_active === 0) {
    throw new Unreadable('it is not active there: leave it out, or import it as active and disable it');
  }
  return fields;
};

export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** @throws Unreadable when it is something else than text. */
export const optionalText = (fields: Fields, field: string): string | undefined => {
  const value = fields[field];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw new Unreadable(`its ${field} is no text`);
  return value;
};

/** @throws Unreadable when there is none. */
export const requiredText = (fields: Fields, field: string): string => {
  const value = optionalText(fields, field);
  if (value === undefined) throw new Unreadable(`it has no ${field}`);
  return value;
};

/**
 * An array, or one as text, as the replaced system's tables have it. Which entries there may be is for the rules to say.
 * @throws Unreadable
 */
export const permissionsOf = (value: unknown): readonly string[] | undefined => {
  if (isAbsent(value)) return undefined;
  const listed: unknown = typeof value === 'string' ? parsed(value) : value;
  if (Array.isArray(listed) && listed.every((each) => typeof each === 'string')) return listed;
  throw new Unreadable('its permissions are no list of texts');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No list, which is what the caller says.
  }
};

/** What `read` makes of an entry, or why it cannot be read. */
export const readOr = <T>(read: () => T): { readonly outcome: 'read'; readonly value: T } | UnreadableEntry => {
  try {
    return { outcome: 'read', value: read() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { outcome: 'unreadable', reason: error.message };
  }
};

export type UnreadableEntry = { readonly outcome: 'unreadable'; readonly reason: string };
