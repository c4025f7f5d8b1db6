/** What becomes of messages that were refused, as events. */
import { defineEvent } from '@plenum/event';
import {
  type MessageQuarantinedV1,
  type MessagesDiscardedV1,
  messageQuarantinedV1,
  messagesDiscardedV1,
} from './generated/schemas.ts';
import { quarantineTopic } from './topics.ts';

/** A message could not be understood; its bytes are kept. */
export type MessageQuarantinedData = MessageQuarantinedV1;
export const MessageQuarantined = defineEvent<MessageQuarantinedData>()({
  topic: quarantineTopic.name,
  key: ({ client_id }) => client_id,
  schemas: [messageQuarantinedV1],
});

/** Unreadable messages beyond their sender's budget; only the count is kept. */
export type MessagesDiscardedData = MessagesDiscardedV1;
export const MessagesDiscarded = defineEvent<MessagesDiscardedData>()({
  topic: quarantineTopic.name,
  key: ({ client_id }) => client_id,
  schemas: [messagesDiscardedV1],
});
