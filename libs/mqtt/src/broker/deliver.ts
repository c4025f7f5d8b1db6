/** What a subscriber is given. Aedes asks here (`authorizeForward`) for each subscriber and each message. */
import type { AedesPublishPacket, Client } from 'aedes';
import type { Connection } from './connection.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { matches } from './topics.ts';

/**
 * The message, with the QoS at which it goes; `undefined` when it does not. QoS 0 promises nothing, and a subscriber that
 * lags gets less of it before it is closed for what it leaves unread.
 */
export const deliverable = (
  { unsentBytesMax }: Pick<ListenerLimits, 'unsentBytesMax'>,
  connection: Connection | undefined,
  packet: AedesPublishPacket,
): AedesPublishPacket | undefined => {
  if (packet.qos === 0) return (connection?.guard.unsentBytes() ?? 0) > unsentBytesMax / 4 ? undefined : packet;
  if (connection !== undefined && isDeliveredHigh(packet)) {
    // Written to the packet: what waited in a session is sent as it is, whatever is returned. It is a copy of its own.
    // What is not retained comes from a filter of QoS 1 at least: if that is gone, it has to be acknowledged all the same.
    packet.qos = Math.min(packet.qos, grantedFor(connection, packet, packet.retain ? 0 : 1)) as 0 | 1 | 2;
  }
  return packet;
};

/** Aedes lowers to what was granted where the filter is the topic itself, and QoS 1 where the filter has QoS 0. */
const isDeliveredHigh = ({ qos, retain }: AedesPublishPacket): boolean => qos === 2 || retain;

/** The highest QoS, from `least` on, that was granted to a filter that takes the message [MQTT-3.3.5-1]. */
const grantedFor = ({ filters }: Connection, { topic }: AedesPublishPacket, least: number): number => {
  let highest = least;
  for (const [filter, qos] of filters) {
    if (qos > highest && matches(filter, topic)) highest = qos;
  }
  return highest;
};

/**
 * Aedes delivers a message once, for whichever filter it comes to first. Where filters overlap, those of QoS 0 leave it to
 * one that was granted more. Call before the client subscribes.
 */
export const leaveToHigherFilters = (client: Client, connectionOf: () => Connection | undefined): void => {
  // What Aedes gives to the filters of QoS 0, and does not declare.
  const filters = client as unknown as { deliver0: Deliver };
  const { deliver0 } = filters;
  filters.deliver0 = (packet, done) => {
    const connection = packet.qos === 0 ? undefined : connectionOf();
    const isLeft = connection !== undefined && connection.filters.size > 1 && grantedFor(connection, packet, 0) > 0;
    if (isLeft) setImmediate(done);
    else deliver0(packet, done);
  };
};

type Deliver = (packet: AedesPublishPacket, done: () => void) => void;
