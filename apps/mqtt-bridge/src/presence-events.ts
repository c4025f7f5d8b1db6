/** What is observed of MQTT clients, as the events that are appended. */
import {
  ClientConnected,
  type ClientConnectedData,
  ClientDisconnected,
  type ClientDisconnectedData,
  type ClientRefusedData,
  ClientSeen,
  type ClientSeenData,
} from '@plenum/device';
import type { Event } from '@plenum/event';
import type { ConnectedClient } from '@plenum/mqtt';

/** An event but for its id, and when and where it is recorded. */
export type Observation = Pick<
  Event<ClientConnectedData | ClientSeenData | ClientDisconnectedData | ClientRefusedData>,
  'type' | 'effectiveTimeUs' | 'data'
>;

/** One connection, with the id that all of its events carry. */
export type Connection = { readonly id: string; readonly replica: string; readonly client: ConnectedClient };

const usOf = (ms: number): number => Math.round(ms * 1000);

const ofConnection = ({ id, replica, client: { clientId, sinceMs } }: Connection) => ({
  client_id: clientId,
  replica,
  connection_id: id,
  connected_time: usOf(sinceMs),
});

const protocols = { 3: '3.1', 4: '3.1.1', 5: '5' } as const;

export const connected = (connection: Connection): Observation => {
  const { sinceMs, level, userName, keepAliveS } = connection.client;
  const details = { protocol: protocols[level], user_name: userName, keepalive_s: keepAliveS };
  const data: ClientConnectedData = { ...ofConnection(connection), ...details };
  return { type: ClientConnected.type, effectiveTimeUs: usOf(sinceMs), data };
};

export const seen = (connection: Connection): Observation => {
  const last_packet_time = usOf(connection.client.lastPacketMs);
  const data: ClientSeenData = { ...ofConnection(connection), last_packet_time };
  return { type: ClientSeen.type, effectiveTimeUs: last_packet_time, data };
};

export const disconnected = (connection: Connection, atMs: number, reason: string): Observation => {
  const times = { disconnected_time: usOf(atMs), last_packet_time: usOf(connection.client.lastPacketMs) };
  const data: ClientDisconnectedData = { ...ofConnection(connection), ...times, reason };
  return { type: ClientDisconnected.type, effectiveTimeUs: usOf(atMs), data };
};

/** Whatever connections the client had until then, the bridge that had them is gone. */
export const serverGone = (client_id: string, replica: string, timeUs: number): Observation => {
  const unknown = { connection_id: undefined, connected_time: undefined, last_packet_time: undefined };
  const data: ClientDisconnectedData = {
    ...{ client_id, replica, ...unknown },
    ...{ disconnected_time: timeUs, reason: 'server-gone' },
  };
  return { type: ClientDisconnected.type, effectiveTimeUs: timeUs, data };
};
