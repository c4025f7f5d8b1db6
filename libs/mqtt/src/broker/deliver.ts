/** What a subscriber is given. Aedes asks here (`authorizeForward`) for each subscriber and each message. */
import type { AedesPublishPacket } from 'aedes';
import type { Connection } from './connection.ts';
import type { DoorLimits } from './door-limits.ts';
import { matches } from './topics.ts';

/**
 * The message, with the QoS at which it goes; `undefined` when it does not. QoS 0 promises nothing, and a subscriber that
 * lags gets less of it before it is closed for what it leaves unread.
 */
export const deliverable = (
  { unsentBytesMax }: Pick<DoorLimits, 'unsentBytesMax'>,
  connection: Connection | undefined,
  packet: AedesPublishPacket,
): AedesPublishPacket | undefined => {
  if (packet.qos === 0) return (connection?.guard.unsentBytes() ?? 0) > unsentBytesMax / 4 ? undefined : packet;
  if (connection !== undefined && isDeliveredHigh(packet)) {
    // Written to the packet: what waited in a session is sent as it is, whatever is returned. It is a copy of its own.
    packet.qos = Math.min(packet.qos, grantedFor(connection, packet)) as 0 | 1 | 2;
  }
  return packet;
};

/** Aedes lowers to what was granted where the filter is the topic itself, and QoS 1 where the filter has QoS 0. */
const isDeliveredHigh = ({ qos, retain }: AedesPublishPacket): boolean => qos === 2 || retain;

/**
 * The highest QoS that was granted to a filter that takes the message [MQTT-3.3.5-1]. What is not retained comes from a
 * subscription of QoS 1 at least: if that is gone meanwhile, it has to be acknowledged all the same.
 */
const grantedFor = ({ filters }: Connection, { topic, retain }: AedesPublishPacket): number => {
  let highest = retain ? 0 : 1;
  for (const [filter, qos] of filters) {
    if (qos > highest && matches(filter, topic)) highest = qos;
  }
  return highest;
};
