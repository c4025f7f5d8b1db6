/** Orders about sessions that were started. Lists are in the read models (`sessionReads` of `@plenum/access`). */
import {
  type Actor,
  actorName,
  allows,
  endSession,
  endSessionsOf,
  endUnrecorded,
  type Identity,
  isUser,
  sessionStream,
} from '@plenum/access';
import { refused, timeId } from '@plenum/event';
import { TransientFailure } from '@plenum/runtime';
import type { Admitted } from './admission.ts';
import { isId } from './decide.ts';
import type { Machinery } from './machinery.ts';
import type { Order, Ordered } from './orders.ts';

export type Sessions = {
  /** Whose token this is, without noting anything. For whoever asks about a token that he was given. */
  validate(token: string): Promise<Admitted>;
  /** Ends the session that the identity came with. Refused for keys and identity providers: theirs is not ours to end. */
  logout(identity: Identity, order: Omit<Order, 'actor' | 'expectedVersion'>): Ordered;
  /** One's own, or anybody's for whoever has `admin:users`; `not-found` otherwise. */
  end(tokenId: string, order: Order): Ordered;
  /**
   * All of a user's, one's own or with `admin:users`; tokens that nobody recorded too. `except`: the one that is kept,
   * such as the one that asks. After TransientFailure, ask again.
   */
  endAll(userId: string, order: EndAll): Promise<EndedAll>;
};

export type EndAll = Pick<Order, 'actor'> &
  Partial<Pick<Order, 'commandId' | 'request'>> & {
    readonly except?: string | undefined;
  };

export type EndedAll =
  | { readonly outcome: 'done'; readonly ended: readonly string[] }
  | { readonly outcome: 'refused'; readonly code: 'not-found'; readonly reason: string };

export const sessionsOver = (parts: Machinery, validate: Sessions['validate']): Sessions => {
  const { deciding, decisions, reads, keptSession, endSessions } = parts;
  const about = (tokenId: string, order: Order) => ({
    order,
    kind: 'sessions.end',
    subject: tokenId,
    stream: sessionStream(tokenId),
    prefix: sessionStream(''),
  });
  const logout: Sessions['logout'] = async (identity, order) => {
    const { tokenId } = identity;
    if (identity.method !== 'session' || tokenId === undefined) {
      return refused('invalid', 'Only a session that was started here can be ended here.');
    }
    const asked = about(tokenId, { ...order, actor: identity });
    const end = { reason: 'logged-out', actor: identity } as const;
    const ended = await deciding.order({ ...asked, ask: endSession(tokenId, end) });
    if (ended.outcome !== 'refused' || ended.code !== 'not-found') return ended;
    // A token of a replaced system. It lives for a day at most, as far as we take it.
    const nowUs = decisions.clock.nowUs();
    const { id: userId, role, permissions } = identity;
    const session = { tokenId, userId, grant: { role, permissions }, nowUs, expiresAtUs: nowUs + dayUs };
    return deciding.order({ ...asked, ask: endUnrecorded({ ...session, ...end }) });
  };

  return {
    validate,
    logout,
    end: async (tokenId, order) => {
      const { actor, expectedVersion } = order;
      const session = isId(tokenId) ? await reads.session(tokenId) : undefined;
      if (session === undefined && isOwnToken(actor, tokenId)) return logout(actor, order);
      if (session === undefined || !mayEnd(actor, session.user_id)) return noSession;
      const ask = {
        ...endSession(tokenId, { reason: 'revoked', actor }),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      };
      return deciding.order({ ...about(tokenId, order), ask });
    },
    endAll: async (userId, { actor, except, commandId, request }) => {
      if (!isId(userId) || !mayEnd(actor, userId)) return noSession;
      const nowUs = decisions.clock.nowUs();
      const id = commandId ?? timeId(Math.floor(nowUs / 1000), decisions.random.bytes16());
      const keeps = await keptSession(userId, except);
      const ask = endSessionsOf(userId, { actor, nowUs, keeps });
      const { outcome } = await deciding.record(`users.end-sessions ${userId} ${actorName(actor)} ${id}`, ask, {
        request,
      });
      if (outcome === 'refused') return noSession;
      if (outcome === 'conflict') throw new TransientFailure('conflict', 'the account changes all the time');
      return { outcome: 'done', ended: await endSessions(userId, { reason: 'revoked', actor, except }) };
    },
  };
};

const dayUs = 86_400 * 1_000_000;

const noSession = { outcome: 'refused', code: 'not-found', reason: 'There is no such session.' } as const;

/** Whoever looks after users may end anybody's session, for a token that leaked must not wait. */
const mayEnd = (actor: Actor, userId: string): boolean =>
  isUser(actor, userId) || allows(actor.permissions, 'admin:users');

/** The token that somebody came with, of which there need be no record. */
const isOwnToken = (actor: Order['actor'], tokenId: string): actor is Identity =>
  'tokenId' in actor && actor.tokenId === tokenId;
