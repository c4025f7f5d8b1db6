/** Commands about sessions that were started. Lists are in the read models (`sessionReads` of `@plenum/access`). */
import {
  type Authenticated,
  allows,
  endSession,
  endSessionsOf,
  endUnrecorded,
  type Identity,
  isUser,
  type SessionPort,
} from '@plenum/access';
import { type Actor, refused, timeId } from '@plenum/event';
import { isId, TransientFailure } from '@plenum/runtime';
import type { AccountContext } from './account-context.ts';

export type Sessions = SessionPort & {
  /** Whose token this is, without noting anything. For a caller that asks about a token it was given. */
  validate(token: string): Promise<Authenticated>;
};

export const sessionsOver = (parts: AccountContext, validate: Sessions['validate']): Sessions => {
  const { handle, decisions, reads, endSessions } = parts;
  const logout: Sessions['logout'] = async (identity, metadata) => {
    const { tokenId } = identity;
    if (identity.method !== 'session' || tokenId === undefined) {
      return refused('invalid', 'Only a session that was started here can be ended here.');
    }
    const end = { reason: 'logged-out', actor: identity } as const;
    const ended = await handle(endSession(tokenId, end), { ...metadata, actor: identity });
    if (ended.outcome !== 'refused' || ended.code !== 'not-found') return ended;
    // A token of a replaced system. It lives for a day at most, as far as we take it.
    const nowUs = decisions.clock.nowUs();
    const { id: userId, role, permissions } = identity;
    const session = { tokenId, userId, grant: { role, permissions }, nowUs, expiresAtUs: nowUs + dayUs };
    return handle(endUnrecorded({ ...session, ...end }), { ...metadata, actor: identity });
  };

  return {
    validate,
    logout,
    end: async (tokenId, metadata) => {
      const { actor } = metadata;
      const session = isId(tokenId) ? await reads.session(tokenId) : undefined;
      if (session === undefined && isOwnToken(actor, tokenId)) return logout(actor, metadata);
      if (session === undefined || !mayEnd(actor, session.user_id)) return noSession;
      return handle(endSession(tokenId, { reason: 'revoked', actor }), metadata);
    },
    endAll: async (userId, { actor, except, id: given, request }) => {
      if (!isId(userId) || !mayEnd(actor, userId)) return noSession;
      const nowUs = decisions.clock.nowUs();
      const id = given ?? timeId(Math.floor(nowUs / 1000), decisions.random.bytes16());
      const { done, ended } = await endSessions({ userId, nowUs, reason: 'revoked', actor, except }, (keeps) =>
        handle(endSessionsOf(userId, { actor, nowUs, keeps }), { id, actor, request }),
      );
      if (done.outcome === 'refused') return noSession;
      if (done.outcome === 'conflict') throw new TransientFailure('conflict', 'the account changes all the time');
      return { outcome: 'done', ended };
    },
  };
};

const dayUs = 86_400 * 1_000_000;

const noSession = { outcome: 'refused', code: 'not-found', reason: 'There is no such session.' } as const;

/** With `admin:users` one may end anybody's session, for a token that leaked must not wait. */
const mayEnd = (actor: Actor, userId: string): boolean =>
  isUser(actor, userId) || allows(actor.permissions, 'admin:users');

/** The token that somebody came with, of which there need be no record. */
const isOwnToken = (actor: Actor, tokenId: string): actor is Identity =>
  'tokenId' in actor && actor.tokenId === tokenId;
