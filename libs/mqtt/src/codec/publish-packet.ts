/** PUBLISH (MQTT 3.1.1 and 5, 3.3). Most of what clients send passes here. */
import { cursorOf, malformed } from './cursor.ts';
import { badTopicOf, type TopicNames } from './names.ts';
import type { BadTopic, Level, Properties, PublishPacket, Qos } from './packets.ts';
import { takeProperties } from './properties.ts';
import { place } from './property-table.ts';

/**
 * Reads what is behind the fixed header, from `from` to `end`.
 * @param flags of the fixed header, which passed `checkPublishFlags`.
 * @throws {ProtocolViolation} when it is malformed in anything but its topic.
 */
export const publishAt = (
  bytes: Buffer,
  flags: number,
  from: number,
  end: number,
  level: Level,
  names: TopicNames,
): PublishPacket => {
  const qos = ((flags >> 1) & 3) as Qos; // Not 3.
  const topicAt = from + 2;
  const topicEnd = topicAt + (((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0));
  let payloadAt = qos === 0 ? topicEnd : topicEnd + 2;
  if (payloadAt > end || topicAt > end) throw endsInsideHead();
  const id = qos === 0 ? 0 : ((bytes[topicEnd] ?? 0) << 8) | (bytes[topicEnd + 1] ?? 0);
  if (id === 0 && qos !== 0) throw malformed('a PUBLISH with packet id 0');
  let properties: Properties | undefined;
  if (level === 5) {
    if (payloadAt < end && bytes[payloadAt] === 0) payloadAt += 1;
    else {
      const cursor = cursorOf('a PUBLISH', bytes, payloadAt, end);
      properties = takeProperties(cursor, place.publish);
      payloadAt = cursor.at;
    }
  }
  let topic: string | undefined = '';
  let badTopic: BadTopic | undefined;
  if (topicEnd > topicAt || properties?.topicAlias === undefined) {
    topic = names.nameAt(bytes, topicAt, topicEnd);
    if (topic === undefined) badTopic = badTopicOf(bytes, topicAt, topicEnd);
  }
  return {
    type: 'publish',
    topic: topic ?? '',
    payload: bytes.subarray(payloadAt, end),
    qos,
    dup: (flags & 8) !== 0,
    retain: (flags & 1) !== 0,
    id,
    properties,
    oversized: undefined,
    badTopic,
  };
};

const endsInsideHead = (): Error => malformed('a PUBLISH that ends inside its topic or packet id');

/** @throws {ProtocolViolation} when they cannot be those of a PUBLISH [MQTT-3.3.1-2, MQTT-3.3.1-4]. */
export const checkPublishFlags = (flags: number): void => {
  if ((flags & 6) === 6) throw malformed('a PUBLISH of QoS 3');
  if ((flags & 14) === 8) throw malformed('a PUBLISH of QoS 0 that was sent again');
};

/**
 * Where the payload begins of a PUBLISH whose content begins at `from`, or more than `end`, which is how far its bytes are known:
 * so far it has to be known first, and then be looked at again.
 * @throws {ProtocolViolation} when that is behind the packet, which has `remaining` bytes from `from` on.
 */
export const payloadStart = (
  bytes: Uint8Array,
  flags: number,
  from: number,
  end: number,
  { remaining, level }: { readonly remaining: number; readonly level: Level },
): number => {
  const within = (at: number): number => {
    if (at - from > remaining) throw endsInsideHead();
    return at;
  };
  if (end < from + 2) return within(from + 2);
  const topicEnd = from + 2 + (((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0));
  const idEnd = within((flags & 6) === 0 ? topicEnd : topicEnd + 2);
  if (level !== 5 || end < idEnd) return level === 5 ? within(idEnd + 1) : idEnd;
  let length = 0;
  for (let index = 0; index < 4; index += 1) {
    if (idEnd + index >= end) return within(idEnd + index + 1);
    const byte = bytes[idEnd + index] ?? 0;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return within(idEnd + index + 1 + length);
  }
  throw malformed('a PUBLISH whose length of properties has more than four bytes');
};
