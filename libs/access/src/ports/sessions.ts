/** Commands about sessions that were started, as routes ask for them. */
import type { CommandMetadata } from '@plenum/event';
import type { Identity } from '../identity.ts';
import type { Handled } from './handled.ts';

export type SessionPort = {
  /** Ends the session that the identity came with. Refused for keys and identity providers: theirs is not ours to end. */
  logout(identity: Identity, metadata: Omit<CommandMetadata, 'actor' | 'expectedVersion'>): Handled;
  /** One's own, or anybody's for a caller who has `admin:users`; `not-found` otherwise. */
  end(tokenId: string, metadata: CommandMetadata): Handled;
  /**
   * All of a user's, one's own or with `admin:users`; tokens that nobody recorded too. `except`: the one that is kept,
   * such as the one that asks. After TransientFailure, ask again.
   */
  endAll(userId: string, metadata: EndAll): Promise<EndedAll>;
};

export type EndAll = Pick<CommandMetadata, 'actor'> &
  Partial<Pick<CommandMetadata, 'id' | 'request'>> & {
    readonly except?: string | undefined;
  };

export type EndedAll =
  | { readonly outcome: 'done'; readonly ended: readonly string[] }
  | { readonly outcome: 'refused'; readonly code: 'not-found'; readonly reason: string };
