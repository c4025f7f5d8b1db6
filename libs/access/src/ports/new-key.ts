/** What a new API key is made of. */
import type { Role } from '../permissions.ts';

export type NewKey = {
  readonly name: string;
  readonly role: Role;
  /** Those of the role, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** Requests a minute; as the role has it, unless given. */
  readonly rateLimit?: number | undefined;
  /** `keyDays` from now, unless given. */
  readonly expiresAtUs?: number | 'never' | undefined;
};
