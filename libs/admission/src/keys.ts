/** Orders about API keys. */
import type { ApiKey, Role } from '@plenum/access';
import type { Order, Ordered, OrderedSecret } from './orders.ts';

export type Keys = {
  /** The secret of the answer is the key: 64 hexadecimal digits. */
  issue(asked: NewKey & Order): OrderedSecret;
  /** As decided, read models or not. `undefined`: there is no such key. @throws Weather */
  get(keyId: string): Promise<{ readonly key: ApiKey; readonly version: number } | undefined>;
  change(keyId: string, asked: KeyChange & Order): Ordered;
  disable(keyId: string, order: Order): Ordered;
  enable(keyId: string, order: Order): Ordered;
  /** For ever. */
  revoke(keyId: string, order: Order): Ordered;
};

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

/** What is not given stays. A new role brings its own permissions unless some are given. */
export type KeyChange = {
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly rateLimit?: number | undefined;
  readonly expiresAtUs?: number | 'never' | undefined;
};
