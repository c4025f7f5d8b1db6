import type { Identity } from './identity.ts';
import { allows } from './permissions.ts';

/** Who gives an order. */
export type Actor = {
  /** An identity's id, or the name of a part of Plenum. */
  readonly id: string;
  /** Of an identity. */
  readonly kind?: Identity['kind'];
  readonly permissions: readonly string[];
};

/** Plenum itself: its commands on the machine, and what it does by its own rules. */
export const plenumItself: Actor = { id: 'plenum', permissions: ['*'] };

/**
 * Who it was, as it is recorded. What an identity provider calls somebody is up to the provider: it may be the id of a
 * user of ours, or the name of a part of Plenum, and is neither.
 */
export const actorName = ({ id, kind }: Pick<Actor, 'id' | 'kind'>): string => (kind === 'oidc' ? `oidc:${id}` : id);

/** Whether it is this user himself who asks. */
export const isUser = ({ id, kind = 'user' }: Pick<Actor, 'id' | 'kind'>, userId: string): boolean =>
  kind === 'user' && id === userId;

/**
 * Whether somebody may do everything that is in a list. Nobody hands out what he does not have, nor changes an account
 * that may do more than he: with the password of an administrator one would be one.
 */
export const mayDoAll = (actor: Pick<Actor, 'permissions'>, listed: readonly string[]): boolean =>
  listed.every((entry) => allows(actor.permissions, entry));
