/** SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 and 5, 3.8 and 3.10). */
import { type Cursor, finish, hasMore, malformed, protocolError, takeByte, takePacketId, takeText } from './cursor.ts';
import { isShared, sharedProblem, wildcardProblem } from './names.ts';
import type { Level, Qos, SubscribePacket, SubscribeRequest, UnsubscribePacket } from './packets.ts';
import { takeProperties } from './properties.ts';
import { place } from './property-table.ts';

/**
 * What is behind the fixed header. A filter that is right and not granted is another matter: that is said in the SUBACK.
 * @throws {ProtocolViolation} when it is malformed.
 */
export const takeSubscribe = (cursor: Cursor, level: Level): SubscribePacket => {
  const id = takePacketId(cursor);
  const properties = level === 5 ? takeProperties(cursor, place.subscribe) : undefined;
  const requests: SubscribeRequest[] = [];
  while (hasMore(cursor)) {
    const filter = takeFilter(cursor, level);
    requests.push(level === 5 ? takeOptions(cursor, filter) : takeQos(cursor, filter));
  }
  if (requests.length === 0) throw withoutFilter(cursor);
  return { type: 'subscribe', id, requests, properties };
};

/** @throws {ProtocolViolation} when it is malformed. */
export const takeUnsubscribe = (cursor: Cursor, level: Level): UnsubscribePacket => {
  const id = takePacketId(cursor);
  const properties = level === 5 ? takeProperties(cursor, place.unsubscribe) : undefined;
  const filters: string[] = [];
  while (hasMore(cursor)) filters.push(takeFilter(cursor, level));
  if (filters.length === 0) throw withoutFilter(cursor);
  finish(cursor);
  return { type: 'unsubscribe', id, filters, properties };
};

/** [MQTT-3.8.3-2, MQTT-3.10.3-2], and a protocol error in MQTT 5. */
const withoutFilter = ({ packet }: Cursor): Error => protocolError(`${packet} without a topic filter`);

const takeFilter = (cursor: Cursor, level: Level): string => {
  const filter = takeText(cursor, 'topic filter');
  const problem = wildcardProblem(filter) ?? (level === 5 && isShared(filter) ? sharedProblem(filter) : undefined);
  if (problem !== undefined) throw malformed(`${cursor.packet}: ${problem}`);
  return filter;
};

/** MQTT 3.1.1, 3.8.3. The six upper bits are reserved, so that a number above 2 is one of them or QoS 3 [MQTT-3.8.3-4]. */
const takeQos = (cursor: Cursor, filter: string): SubscribeRequest => {
  const qos = takeByte(cursor, 'QoS');
  if (qos > 2) throw malformed('a SUBSCRIBE with QoS above 2');
  return { filter, qos: qos as Qos, noLocal: false, retainAsPublished: false, retainHandling: 0 }; // At most 2.
};

/** MQTT 5, 3.8.3.1. */
const takeOptions = (cursor: Cursor, filter: string): SubscribeRequest => {
  const options = takeByte(cursor, 'subscription options');
  const qos = options & 3;
  const retainHandling = (options >> 4) & 3;
  const noLocal = (options & 0x04) !== 0;
  if ((options & 0xc0) !== 0) throw malformed('a SUBSCRIBE with reserved bits in its options');
  if (qos === 3) throw protocolError('a SUBSCRIBE with QoS 3');
  if (retainHandling === 3) throw protocolError('a SUBSCRIBE with retain handling 3');
  if (noLocal && isShared(filter)) throw protocolError('a SUBSCRIBE to a shared subscription with no local');
  return {
    filter,
    qos: qos as Qos, // Not 3.
    noLocal,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2, // Not 3.
  };
};
