import { type Actor, actsBeyond } from '@plenum/event';

/** No organisation is called this. */
const nobodys = '';

/**
 * Whose things somebody is shown: those of their own organisation, or, for one who looks after the installation, those of
 * the organisation that is asked for, or all (`undefined`). Where nobody is asked who they are, everybody is shown all.
 */
export const seenBy = (
  actor: Pick<Actor, 'permissions' | 'organisation'> | undefined,
  asked?: string,
): string | undefined => {
  if (actor === undefined || actsBeyond(actor)) return asked;
  return asked === undefined || asked === actor.organisation ? actor.organisation : nobodys;
};
