/** One user of a replaced system as it is written in a file, read into what can be imported, or why not. */
import { isRole, type PasswordVerifier } from '@plenum/access';
import type { ImportedUser } from '@plenum/admission';

/** What becomes of somebody whose password cannot be taken over. */
export type WithoutHash = 'refuse' | 'no-password' | 'one-time';

export type ReadUser =
  | { readonly outcome: 'user'; readonly user: ImportedUser }
  /** `login` where that much can be read. The reason never repeats what was kept of a password. */
  | { readonly outcome: 'unreadable'; readonly login: string | undefined; readonly reason: string };

const fields = ['login', 'name', 'email', 'role', 'permissions', 'id', 'is_active', 'password_hash', 'password_salt'];

export const readUser = (entry: unknown, withoutHash: WithoutHash): ReadUser => {
  if (!isRecord(entry)) return { outcome: 'unreadable', login: undefined, reason: 'it is no JSON object' };
  const login = textOf(entry.login);
  try {
    return { outcome: 'user', user: userOf(entry, withoutHash) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { outcome: 'unreadable', login, reason: error.message };
  }
};

class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const userOf = (entry: Entry, withoutHash: WithoutHash): ImportedUser => {
  const strange = Object.keys(entry).find((field) => !fields.includes(field));
  if (strange === 'password') throw new Unreadable('it has a password in the clear, which is not taken');
  if (strange !== undefined)
    throw new Unreadable(`it has a field ${strange.slice(0, 40)}; known are ${fields.join(', ')}`);
  if (entry.is_active === false || entry.is_active === 0) {
    throw new Unreadable('it is not active there: leave it out, or import it as active and disable it');
  }
  const { role } = entry;
  if (typeof role !== 'string' || !isRole(role)) throw new Unreadable('its role is none that there is here');
  const login = required(entry, 'login');
  return {
    login,
    name: optional(entry, 'name') ?? login,
    email: optional(entry, 'email'),
    role,
    permissions: permissionsOf(entry.permissions),
    importedId: typeof entry.id === 'number' ? String(entry.id) : optional(entry, 'id'),
    password: passwordOf(entry) ?? instead(withoutHash),
  };
};

type Entry = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const optional = (entry: Entry, field: string): string | undefined => {
  const value = entry[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new Unreadable(`its ${field} is no text`);
  return value;
};

const required = (entry: Entry, field: string): string => {
  const value = optional(entry, field);
  if (value === undefined) throw new Unreadable(`it has no ${field}`);
  return value;
};

/** An array, or one as text, as the replaced system's tables have it. Which entries there may be is for the rules to say. */
const permissionsOf = (value: unknown): readonly string[] | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
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

/** As the replaced system made them: 100,000 rounds, 64 hexadecimal digits, and a salt of 64 that is hashed as text. */
const iterations = 100_000;
const hashPattern = /^[0-9a-f]{64}$/i;

const passwordOf = (entry: Entry): PasswordVerifier | undefined => {
  const { password_hash: kept } = entry;
  // It made pairs, and some programs write a pair as an array.
  const [hash, salt] = Array.isArray(kept) && kept.length === 2 ? kept : [kept, entry.password_salt];
  if (isAbsent(hash) && isAbsent(salt)) return undefined;
  if (typeof hash === 'string' && hash.includes(':')) return undefined;
  if (typeof hash !== 'string' || !hashPattern.test(hash)) {
    throw new Unreadable('its password_hash is not 64 hexadecimal digits of PBKDF2-HMAC-SHA256');
  }
  if (typeof salt !== 'string' || !hashPattern.test(salt)) {
    throw new Unreadable('its password_salt is not 64 hexadecimal digits');
  }
  // The salt is hashed as it is written, so its letters keep their case.
  return { iterations, salt, hash: hash.toLowerCase() };
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const instead = (withoutHash: WithoutHash): ImportedUser['password'] => {
  if (withoutHash === 'one-time') return 'one-time';
  if (withoutHash === 'no-password') return 'none';
  throw new Unreadable(
    'its password cannot be taken over: there is no hash, or a single SHA-256 as salt:hash, which is quickly guessed; ' +
      'say with --without-hash what becomes of it',
  );
};
