/** Clients that did not sign in, as events. Their type is made from `schemas/device`. */
import { defineEvent } from '@plenum/event';
import { type ClientRefusedV1, clientRefusedV1 } from '../generated/schemas.ts';
import { presenceTopic } from '../topics.ts';

/** A client was not let in, or only because nobody has to sign in. Its effective time is that of the last refusal it counts. */
export type ClientRefusedData = ClientRefusedV1;
export const ClientRefused = defineEvent<ClientRefusedData>()({
  topic: presenceTopic.name,
  key: ({ client_id }) => client_id,
  schemas: [clientRefusedV1],
});
