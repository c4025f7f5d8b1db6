/** Orders about accounts. */
import type { Role, User } from '@plenum/access';
import type { Order, Ordered, OrderedSecret } from './orders.ts';

export type Users = {
  /** Without a password a one-time password is made, and is the secret of the answer. */
  create(asked: NewUser & Order): OrderedSecret;
  /** As decided, read models or not. `undefined`: there is no such user. @throws Weather */
  get(userId: string): Promise<{ readonly user: User; readonly version: number } | undefined>;
  change(userId: string, asked: UserChange & Order): Ordered;
  /** His sessions open nothing from then on. */
  disable(userId: string, order: Order): Ordered;
  enable(userId: string, order: Order): Ordered;
  /** Ends a lock-out, and forgets the failures that led to it. */
  unlock(userId: string, order: Order): Ordered;
  /** Somebody else's password: a one-time password unless one is given. Ends his sessions. */
  resetPassword(userId: string, asked: { readonly password?: string | undefined } & Order): OrderedSecret;
  /**
   * The first administrator, where there never was a user: exactly one of all processes is told the password, once.
   * @throws Weather
   */
  createFirst(): Promise<FirstUser>;
};

export type FirstUser =
  | { readonly outcome: 'created'; readonly userId: string; readonly login: string; readonly password: string }
  | { readonly outcome: 'exists' };

export type NewUser = {
  readonly login: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
  /** Those of the role, unless given. */
  readonly permissions?: readonly string[] | undefined;
  /** 12 to 1024 characters. */
  readonly password?: string | undefined;
};

/** What is not given stays. A new role brings its own permissions unless some are given; an empty email removes it. */
export type UserChange = {
  readonly login?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
};
