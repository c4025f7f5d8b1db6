/**
 * What follows from the end of all sessions of a user: each of them says so itself. They open nothing from the decision on,
 * whether this has got to them or not.
 */
import { type Actor, defaultOrganisation, defineReaction, isEvent } from '@plenum/event';
import { authorizationReads } from '../authorization/reads.ts';
import { endSession } from '../commands.ts';
import type { EndReason } from '../sessions/session-events.ts';
import { accessTopic } from '../topics.ts';
import { UserSessionsEnded } from '../users/user-events.ts';

/**
 * A user who is disabled keeps sessions, which open nothing meanwhile: enabled again, they go on. So only the end of them all
 * is answered.
 */
export const endSessionsOfUser = defineReaction<readonly string[]>({
  name: 'end-sessions-of-user',
  about: 'Ends each session of a user whose sessions were all ended.',
  topics: [accessTopic.name],
  lookUp: async (event, tables) => {
    if (!isEvent(UserSessionsEnded, event)) return [];
    const { user_id: userId, until: untilUs, kept_token_id: keptTokenId } = event.data;
    return authorizationReads(tables).sessionsEndedWith({ userId, untilUs, keptTokenId });
  },
  react: (event, tokenIds) => {
    if (!isEvent(UserSessionsEnded, event)) return [];
    // Only reasons that we know are recorded; and it is in the name of the actor that ended them all.
    const reason = event.data.reason as EndReason;
    const actor: Actor = {
      id: event.data.by,
      organisation: event.decision?.organisation ?? defaultOrganisation,
      permissions: [],
    };
    return tokenIds.map((tokenId) => endSession(tokenId, { reason, actor }));
  },
});
