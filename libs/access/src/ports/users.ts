/** Commands about accounts, as routes ask for them. Passwords are made and hashed behind this port. */
import type { CommandMetadata } from '@plenum/event';
import type { Role } from '../permissions.ts';
import type { User } from '../users/user.ts';
import type { Handled, HandledSecret } from './handled.ts';
import type { NewUser } from './new-user.ts';

export type UserPort = {
  /**
   * Without a password a one-time password is made, and is the secret of the answer. Where the metadata name an
   * organisation, there has to be such a one.
   */
  create(asked: NewUser & CommandMetadata): HandledSecret;
  /** As decided, read models or not. `undefined`: there is no such user. @throws TransientFailure */
  get(userId: string): Promise<{ readonly user: User; readonly version: number } | undefined>;
  change(userId: string, asked: UserChange & CommandMetadata): Handled;
  /** Their sessions open nothing from then on. */
  disable(userId: string, metadata: CommandMetadata): Handled;
  enable(userId: string, metadata: CommandMetadata): Handled;
  /** Ends a lock-out, and forgets the failures that led to it, or were about to: also where nothing is locked yet. */
  unlock(userId: string, metadata: CommandMetadata): Handled;
  /**
   * Somebody else's password: a one-time password unless one is given. Ends their sessions; after TransientFailure, ask again with
   * the same id.
   */
  resetPassword(userId: string, asked: { readonly password?: string | undefined } & CommandMetadata): HandledSecret;
};

/** What is not given stays. A new role brings its own permissions unless some are given; an empty email removes it. */
export type UserChange = {
  readonly login?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
};
