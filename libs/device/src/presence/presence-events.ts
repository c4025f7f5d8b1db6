/** What a bridge observes of MQTT clients, as events. Their types are made from `schemas/device`. */
import { defineEvent } from '@plenum/event';
import {
  type ClientConnectedV1,
  type ClientDisconnectedV1,
  type ClientSeenV1,
  clientConnectedV1,
  clientDisconnectedV1,
  clientSeenV1,
} from '../generated/schemas.ts';
import { presenceTopic } from '../topics.ts';

const ofClient = { topic: presenceTopic.name, key: ({ client_id }: { readonly client_id: string }) => client_id };

/** A client connected. */
export type ClientConnectedData = ClientConnectedV1;
export const ClientConnected = defineEvent<ClientConnectedData>()({ ...ofClient, schemas: [clientConnectedV1] });

/** A connected client is still there. */
export type ClientSeenData = ClientSeenV1;
export const ClientSeen = defineEvent<ClientSeenData>()({ ...ofClient, schemas: [clientSeenV1] });

/** A connection ended, or is found to be gone with its bridge. */
export type ClientDisconnectedData = ClientDisconnectedV1;
export const ClientDisconnected = defineEvent<ClientDisconnectedData>()({
  ...ofClient,
  schemas: [clientDisconnectedV1],
});
