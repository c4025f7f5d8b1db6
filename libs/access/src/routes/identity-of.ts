import type { Asked } from '@plenum/http';
import { actorOf } from '@plenum/http';
import type { Identity } from '../identity.ts';

/** Who asks, with all that is known of them. @throws Problem where nobody was asked who they are. */
export const identityOf = (asked: Pick<Asked, 'identity'>): Identity =>
  // A caller that authentication lets in is an identity of this domain; routes of other domains need less of it.
  actorOf(asked) as Identity;
