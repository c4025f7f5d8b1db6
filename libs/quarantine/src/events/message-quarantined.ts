import { defineEvent } from '@plenum/event';
import { type MessageQuarantinedV1, messageQuarantinedV1 } from '../generated/schemas.ts';
import { quarantineTopic } from '../topics.ts';

/** A message could not be understood; its bytes are kept. */
export type MessageQuarantinedData = MessageQuarantinedV1;

export const MessageQuarantined = defineEvent<MessageQuarantinedData>()({
  topic: quarantineTopic.name,
  key: ({ client_id }) => client_id,
  schemas: [messageQuarantinedV1],
});
