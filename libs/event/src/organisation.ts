/** Whose things are: every stream belongs to one organisation from its first event on, and so does every caller. */

/** There from the first start, and what is meant where a record or a setting names none. */
export const defaultOrganisation = 'default';

/**
 * The one permission that no `*` covers: users who have it look after the installation, and act in every organisation.
 * All others count within one's own.
 */
export const installationPermission = 'admin:organisations';

/** What of an actor says whose things they meet. */
type Member = { readonly permissions: readonly string[]; readonly organisation: string };

/** Whether somebody may see, and decide about, what belongs to other organisations. */
export const actsBeyond = ({ permissions }: Pick<Member, 'permissions'>): boolean =>
  permissions.includes(installationPermission);

/** Whether somebody may meet what belongs to this organisation; for everybody else it is not there. */
export const mayMeet = (actor: Member, organisation: string): boolean =>
  actor.organisation === organisation || actsBeyond(actor);

/** No organisation is called this. */
const nobodys = '';

/**
 * Whose things somebody is shown: those of their own organisation, or, for one who looks after the installation, those of
 * the organisation that is asked for, or all (`undefined`). Where nobody is asked who they are, everybody is shown all.
 */
export const seenBy = (actor: Member | undefined, asked?: string): string | undefined => {
  if (actor === undefined || actsBeyond(actor)) return asked;
  return asked === undefined || asked === actor.organisation ? actor.organisation : nobodys;
};

/** 1 to 63 lower-case letters, digits and hyphens; it begins and ends with a letter or a digit. */
export const isOrganisation = (text: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
