/** Orders about sessions that were started. Lists are in the read models (`sessionReads` of `@plenum/access`). */
import { type Actor, allows, endSession, type Identity, sessionStream, startSession } from '@plenum/access';
import { refused } from '@plenum/event';
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
   * All of a user's, one's own or with `admin:users`. `except`: the one that is kept, such as the one that asks.
   * Ended one by one: after Weather, ask again.
   */
  endAll(userId: string, order: { readonly actor: Actor; readonly except?: string | undefined }): Promise<EndedAll>;
};

export type EndedAll =
  | { readonly outcome: 'done'; readonly ended: readonly string[] }
  | { readonly outcome: 'refused'; readonly code: 'not-found'; readonly reason: string };

export const sessionsOver = (parts: Machinery, validate: Sessions['validate']): Sessions => {
  const { deciding, decisions, reads, endSessions } = parts;
  const about = (tokenId: string, order: Order) => ({
    order,
    kind: 'sessions.end',
    subject: tokenId,
    stream: sessionStream(tokenId),
    prefix: sessionStream(''),
  });
  /** A token of a replaced system brings no record with it. It gets one, so that it can be ended like the others. */
  const recordSession = async (identity: Identity, tokenId: string): Promise<void> => {
    const nowUs = decisions.clock.nowUs();
    const { id: userId, permissions } = identity;
    const session = { tokenId, userId, permissions, nowUs, expiresAtUs: nowUs + dayUs };
    await deciding.record(`sessions.record ${tokenId}`, startSession(session));
  };

  return {
    validate,
    logout: async (identity, order) => {
      const { tokenId } = identity;
      if (identity.method !== 'session' || tokenId === undefined) {
        return refused('invalid', 'Only a session that was started here can be ended here.');
      }
      const actor: Actor = identity;
      const ask = endSession(tokenId, { reason: 'logged-out', actor });
      const ended = await deciding.order({ ...about(tokenId, { ...order, actor }), ask });
      if (ended.outcome !== 'refused' || ended.code !== 'not-found') return ended;
      await recordSession(identity, tokenId);
      return deciding.order({ ...about(tokenId, { ...order, actor }), ask });
    },
    end: async (tokenId, order) => {
      const { actor, expectedVersion } = order;
      const session = isId(tokenId) ? await reads.session(tokenId) : undefined;
      if (session === undefined || !mayEnd(actor, session.user_id)) return noSession;
      const ask = {
        ...endSession(tokenId, { reason: 'revoked', actor }),
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      };
      return deciding.order({ ...about(tokenId, order), ask });
    },
    endAll: async (userId, { actor, except }) => {
      if (!isId(userId) || !mayEnd(actor, userId)) return noSession;
      return { outcome: 'done', ended: await endSessions(userId, { reason: 'revoked', actor, except }) };
    },
  };
};

const dayUs = 86_400 * 1_000_000;

const noSession = { outcome: 'refused', code: 'not-found', reason: 'There is no such session.' } as const;

/** Whoever looks after users may end anybody's session, for a token that leaked must not wait. */
const mayEnd = (actor: Actor, userId: string): boolean =>
  actor.id === userId || allows(actor.permissions, 'admin:users');
