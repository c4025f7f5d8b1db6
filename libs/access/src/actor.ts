import { allows } from './permissions.ts';

/** Who gives an order. */
export type Actor = {
  /** An identity's id, or the name of a part of Plenum. */
  readonly id: string;
  readonly permissions: readonly string[];
};

/** Plenum itself: its commands on the machine, and what it does by its own rules. */
export const plenumItself: Actor = { id: 'plenum', permissions: ['*'] };

/**
 * Whether somebody may do everything that is in a list. Nobody hands out what he does not have, nor changes an account
 * that may do more than he: with the password of an administrator one would be one.
 */
export const mayDoAll = (actor: Pick<Actor, 'permissions'>, listed: readonly string[]): boolean =>
  listed.every((entry) => allows(actor.permissions, entry));
