/** What a new account is made of. */
import type { Role } from '../permissions.ts';

export type NewUser = {
  readonly login: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
  /** Those of the role, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** 12 to 1024 characters, in the form of RFC 8265. */
  readonly password?: string | undefined;
};
