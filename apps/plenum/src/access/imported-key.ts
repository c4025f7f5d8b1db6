/** One API key of a replaced system as it is written in a file: a row of its table `api_keys`. */
import { isRole } from '@plenum/access';
import type { ImportedKey } from '@plenum/authentication';
import { parseTimeUs } from '@plenum/event';
import { type Fields, fieldsOf, optionalText, permissionsOf, requiredText, Unreadable } from './entry-fields.ts';

const known = [
  ...['key_id', 'key_hash', 'name', 'role', 'permissions', 'expires_at', 'is_active', 'rate_limit'],
  // What was counted there is not reported again here.
  ...['created_at', 'last_used', 'use_count'],
];

/** @throws Unreadable */
export const keyOf = (value: unknown): ImportedKey => {
  const fields = fieldsOf(value, known);
  const role = requiredText(fields, 'role');
  if (!isRole(role)) throw new Unreadable('its role is none that there is here');
  const sha256 = requiredText(fields, 'key_hash').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Unreadable('its key_hash is not 64 hexadecimal digits of SHA-256');
  return {
    keyId: requiredText(fields, 'key_id'),
    name: requiredText(fields, 'name'),
    sha256,
    role,
    permissions: permissionsOf(fields.permissions),
    rateLimit: rateOf(fields),
    expiresAtUs: expiryOf(fields),
  };
};

const rateOf = ({ rate_limit: rate }: Fields): number | undefined => {
  if (rate === undefined || rate === null) return undefined;
  if (typeof rate !== 'number') throw new Unreadable('its rate_limit is no number');
  return rate;
};

const expiryOf = (fields: Fields): number | 'never' => {
  const written = optionalText(fields, 'expires_at');
  if (written === undefined) return 'never';
  const timeUs = parseTimeUs(written);
  if (timeUs === undefined) throw new Unreadable('its expires_at is no time, such as 2027-03-04T09:15:02Z');
  return timeUs;
};
