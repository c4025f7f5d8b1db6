/** One user of a replaced system as it is written in a file. */
import { isRole } from '@plenum/access';
import type { ImportedUser } from '@plenum/authentication';
import type { PasswordHash } from '@plenum/credentials';
import {
  type Fields,
  fieldsOf,
  isAbsent,
  optionalText,
  permissionsOf,
  requiredText,
  Unreadable,
} from './entry-fields.ts';

/** What becomes of somebody whose password cannot be taken over. */
export type WithoutHash = 'refuse' | 'no-password' | 'one-time';

const known = ['login', 'name', 'email', 'role', 'permissions', 'id', 'is_active', 'password_hash', 'password_salt'];

/** @throws Unreadable */
export const userOf = (value: unknown, withoutHash: WithoutHash): ImportedUser => {
  const fields = fieldsOf(value, known);
  const role = requiredText(fields, 'role');
  if (!isRole(role)) throw new Unreadable('its role is none that there is here');
  const login = requiredText(fields, 'login');
  return {
    login,
    name: optionalText(fields, 'name') ?? login,
    email: optionalText(fields, 'email'),
    role,
    permissions: permissionsOf(fields.permissions),
    importedId: typeof fields.id === 'number' ? String(fields.id) : optionalText(fields, 'id'),
    password: passwordOf(fields) ?? instead(withoutHash),
  };
};

/** As the replaced system made them: 100,000 rounds, 64 hexadecimal digits, and a salt of 64 that is hashed as text. */
const iterations = 100_000;
const hashPattern = /^[0-9a-f]{64}$/i;

const passwordOf = (fields: Fields): PasswordHash | undefined => {
  const { password_hash: kept } = fields;
  // It made pairs, and some programs write a pair as an array.
  const [hash, salt] = Array.isArray(kept) && kept.length === 2 ? kept : [kept, fields.password_salt];
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

const instead = (withoutHash: WithoutHash): ImportedUser['password'] => {
  if (withoutHash === 'one-time') return 'one-time';
  if (withoutHash === 'no-password') return 'none';
  throw new Unreadable(
    'its password cannot be taken over: there is no hash, or a single SHA-256 as salt:hash, which is quickly guessed; ' +
      'say with --without-hash what becomes of it',
  );
};
