import type { Role } from './permissions.ts';

/** Who a request is from, once the credential was checked. */
export type Identity = {
  /** User id, key id, or the provider's `sub`. */
  readonly id: string;
  readonly kind: 'user' | 'key' | 'oidc';
  readonly role: Role;
  /** What belongs to others is not there for them, unless they look after the installation. */
  readonly organisation: string;
  /** Entries as in `allows`. */
  readonly permissions: readonly string[];
  /** What they showed. */
  readonly method: 'session' | 'api_key' | 'oidc';
  /** Requests a minute. */
  readonly rateLimit: number;
  /** Of a session: what logging out ends. */
  readonly tokenId?: string;
};
