/** Orders about sessions that were started. Lists are in the read models (`sessionReads` of `@plenum/access`). */
import type { Identity } from '@plenum/access';
import type { Admitted } from './admission.ts';
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
   * Ended one by one: after Weather, ask again with the same command id.
   */
  endAll(userId: string, order: Order & { readonly except?: string | undefined }): Promise<EndedAll>;
};

export type EndedAll =
  | { readonly outcome: 'done'; readonly ended: readonly string[] }
  | { readonly outcome: 'refused'; readonly code: 'not-found'; readonly reason: string };
