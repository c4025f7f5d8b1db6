/** How a packet begins (MQTT 3.1.1, 2.2; 5, 2.1), and what can be refused by that alone. */
import { malformed, protocolError } from './cursor.ts';
import type { Level } from './packets.ts';
import { checkPublishFlags } from './publish-packet.ts';
import { variableIntegerBytes } from './variable-integer.ts';

export const packetType = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
  auth: 15,
} as const;

/**
 * How many bytes the remaining length at `at` has; 0 when it is not whole before `end`.
 * @throws {ProtocolViolation} when it has more than four.
 */
export const lengthBytesAt = (bytes: Uint8Array, at: number, end: number): number => {
  for (let index = 0; index < 4; index += 1) {
    if (at + index >= end) return 0;
    if ((bytes[at + index] ?? 0) < 0x80) return index + 1;
  }
  throw malformed('a packet whose remaining length has more than four bytes');
};

/** The integer of `count` bytes at `at`. */
export const lengthAt = (bytes: Uint8Array, at: number, count: number): number => {
  let value = 0;
  for (let index = 0; index < count; index += 1) value |= ((bytes[at + index] ?? 0) & 0x7f) << (7 * index);
  return value;
};

/** @throws {ProtocolViolation} when a length has bytes that it does not need, which MQTT 5 does not allow [MQTT-1.5.5-1]. */
export const checkShortest = (remaining: number, count: number, level: Level | undefined): void => {
  if (level === 5 && count !== variableIntegerBytes(remaining)) {
    throw malformed('a packet whose remaining length has needless bytes');
  }
};

/**
 * Checks a packet's first byte.
 * @param level `undefined` before the CONNECT.
 * @throws {ProtocolViolation} when no client may send such a packet now.
 */
export const checkFirstByte = (first: number, level: Level | undefined): void => {
  const type = first >> 4;
  const flags = first & 0x0f;
  if (level === undefined) {
    if (type !== packetType.connect) throw protocolError('the first packet is not CONNECT');
  } else if (type === packetType.publish) {
    checkPublishFlags(flags);
    return;
  }
  const expected = flagsOf[type];
  if (type === 0 || (type === packetType.auth && level !== 5)) throw malformed(`a packet of type ${type}`);
  if (expected === undefined) throw protocolError(`a packet of type ${type} from a client`);
  if (level !== undefined && type === packetType.connect) throw protocolError('a second CONNECT');
  if (flags !== expected) throw malformed(`a packet of type ${type} with flags ${flags}`);
};

/** Of everything that clients send but PUBLISH [MQTT-2.2.2-1]; 5, [MQTT-2.1.3-1]. */
const flagsOf: readonly (number | undefined)[] = Array.from({ length: 16 }, (_, type) => {
  if (type === packetType.pubrel || type === packetType.subscribe || type === packetType.unsubscribe) return 2;
  return Object.values<number>(packetType).includes(type) && type !== packetType.publish ? 0 : undefined;
});

/** @throws {ProtocolViolation} when a packet of this type never has so much in it. */
export const checkRemaining = (type: number, remaining: number, level: Level | undefined): void => {
  const isAcknowledge = type >= packetType.puback && type <= packetType.pubcomp;
  const isOther =
    type === packetType.pingreq || (type === packetType.disconnect && level !== 5)
      ? remaining !== 0
      : isAcknowledge && (remaining < 2 || (level !== 5 && remaining !== 2));
  if (isOther) throw malformed(`a packet of type ${type} with ${remaining} bytes in it`);
};
