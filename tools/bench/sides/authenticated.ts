/** A user whom the guards let in: with a key that was issued to them, or a session that they started. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Authentication } from '@plenum/authentication';
import { plenumItself as actor } from '@plenum/event';

export type Credential = 'jwt' | 'key';

/** Requests a minute; more than any machine answers. */
export const rateLimit = 10_000_000;

export const newSecret = (): string => randomBytes(32).toString('base64url');

/** The headers of their requests. */
export const authenticated = async (
  { users, keys, logins }: Pick<Authentication, 'users' | 'keys' | 'logins'>,
  credential: Credential,
): Promise<Readonly<Record<string, string>>> => {
  const metadata = { actor, id: randomUUID() };
  if (credential === 'key') {
    const issued = await keys.issue({ name: 'bench', role: 'operator', rateLimit, ...metadata });
    if (issued.outcome !== 'done' || issued.secret === undefined) throw new Error('nobody was issued a key');
    return { 'x-api-key': issued.secret };
  }
  const login = `bench-${randomUUID()}`;
  const made = await users.create({ login, name: 'Bench', role: 'operator', ...metadata });
  if (made.outcome !== 'done' || made.secret === undefined) throw new Error('nobody got an account');
  const from = { address: '127.0.0.1', userAgent: undefined, resource: '/' };
  const started = await logins.login({ login, password: made.secret, ...from });
  if (started.outcome !== 'started') throw new Error('nobody could log in');
  return { authorization: `Bearer ${started.token}` };
};
