/** What is recorded of authentication: words of the replaced system's security events, and nothing that works as a credential. */
import type { Identity, PresentedCredentials, Sighting } from '@plenum/access';
import { actorName } from '@plenum/event';

type Seen = Pick<PresentedCredentials, 'address' | 'userAgent' | 'resource'>;

const from = ({ address, userAgent, resource }: Seen) => ({ address, userAgent, resource });

type Known = { readonly userId: string; readonly organisation: string };

export const successOf = (seen: Seen, { userId, organisation }: Known, method: string): Sighting => ({
  ...from(seen),
  type: 'authentication_success',
  userId,
  organisation,
  details: { method },
});

/** `why` is for readers of the records; the answer to the client says less. */
export const failureOf = (
  seen: Seen & Partial<Pick<PresentedCredentials, 'authorization' | 'apiKey'>>,
  {
    method,
    why,
    userId,
    organisation,
  }: {
    readonly method: string;
    readonly why: string;
    readonly userId?: string | undefined;
    readonly organisation?: string | undefined;
  },
): Sighting => ({
  ...from(seen),
  type: 'authentication_failed',
  userId,
  organisation,
  details: { method, why, auth_header: seen.authorization !== undefined, api_key: seen.apiKey !== undefined },
});

export const forbiddenOf = (seen: Seen, identity: Identity, required: string): Sighting => ({
  ...from(seen),
  type: 'authorization_failed',
  userId: actorName(identity),
  organisation: identity.organisation,
  details: { required_permission: required, user_permissions: identity.permissions },
});

export const limitedOf = (seen: Seen, identity: Identity | undefined): Sighting => ({
  ...from(seen),
  type: 'rate_limit_exceeded',
  userId: identity && actorName(identity),
  organisation: identity?.organisation,
  details: {},
});
