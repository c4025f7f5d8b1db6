import { defineEvent } from '@plenum/event';
import { type MessagesDiscardedV1, messagesDiscardedV1 } from '../generated/schemas.ts';
import { quarantineTopic } from '../topics.ts';

/** Unreadable messages beyond their sender's budget; only the count is kept. */
export type MessagesDiscardedData = MessagesDiscardedV1;

export const MessagesDiscarded = defineEvent<MessagesDiscardedData>()({
  topic: quarantineTopic.name,
  key: ({ client_id }) => client_id,
  schemas: [messagesDiscardedV1],
});
