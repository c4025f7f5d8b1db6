/** What somebody who asks may do, and about whom. */
import type { Actor } from '@plenum/event';
import { allows } from './permissions.ts';

/** Whether it is the user who asks for something about themselves. */
export const isUser = ({ id, kind = 'user' }: Pick<Actor, 'id' | 'kind'>, userId: string): boolean =>
  kind === 'user' && id === userId;

/**
 * Whether somebody may do everything that is in a list. Nobody hands out what they do not have, nor changes an
 * account that may do more than they: with the password of an administrator one would be one.
 */
export const mayDoAll = (actor: Pick<Actor, 'permissions'>, listed: readonly string[]): boolean =>
  listed.every((entry) => allows(actor.permissions, entry));
