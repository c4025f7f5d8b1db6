/** What a user or a key is given: a role and the list behind it. Checked alike wherever it is given. */
import { type Actor, type Refused, refused } from '@plenum/event';
import { mayDoAll } from './actor.ts';
import { isPermissionEntry, isRole, ownGivable, type Role, rolePermissions } from './permissions.ts';

export type Grant = { readonly role: Role; readonly permissions: readonly string[] };
type Granted = { readonly outcome: 'granted' } & Grant;

const entriesMax = 64;

export type GrantAsked = {
  readonly role: string;
  readonly permissions?: readonly string[] | undefined;
  readonly givable?: Givable;
};

/** The names of all permissions that there are, of all domains; those that access knows by itself, unless given. */
export type Givable = readonly string[] | undefined;

/** A role with its own permissions, or with the ones that are listed. Refused when the actor has not got them all. */
export const grant = (actor: Actor, { role, permissions, givable = ownGivable }: GrantAsked): Granted | Refused => {
  if (!isRole(role)) return refused('invalid', `There is no role ${role}.`);
  const listed = [...new Set(permissions ?? rolePermissions[role])];
  if (listed.length > entriesMax) return refused('invalid', `There are more than ${entriesMax} permissions.`);
  const unknown = listed.filter((entry) => !isPermissionEntry(entry, givable));
  if (unknown.length > 0) return refused('invalid', `There are no such permissions: ${unknown.join(', ')}.`);
  if (!mayDoAll(actor, listed)) return refused('forbidden', 'Nobody can give permissions that they do not have.');
  return { outcome: 'granted', role, permissions: listed };
};
