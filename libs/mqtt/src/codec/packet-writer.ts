/** What a server sends, as bytes (MQTT 3.1, 3.1.1 and 5). Nothing of MQTT 5 goes to a client of another level. */
import type { AckPacket, Level, OutgoingMessage, Properties, Qos } from './packets.ts';
import { deliveryRows, lengthAndProperties, messageRows, propertiesSize, sizeOfRows, writeRows } from './properties.ts';
import type { GivenProperties } from './property-table.ts';
import { reason as reasons, returnCodeOf } from './reason-codes.ts';
import { variableIntegerBytes, writeVariableInteger } from './variable-integer.ts';
import { packetWithProperties, plainPacket } from './written-packet.ts';

export type Connack = {
  readonly sessionPresent: boolean;
  /** A reason code of MQTT 5; others get the return code that says the same. */
  readonly reason: number;
  readonly properties?: Properties | undefined;
};

/** CONNACK (3.2). `undefined`: a client of this level is not sent any for this reason, and its connection is closed. */
export const connackBytes = (level: Level, { sessionPresent, reason, properties }: Connack): Buffer | undefined => {
  // MQTT 3.1 has no such flag, and a refusal no session [MQTT-3.2.2-4]; 5, [MQTT-3.2.2-6].
  const flags = sessionPresent && level > 3 && reason === reasons.success ? 1 : 0;
  if (level === 5) return packetWithProperties(0x20, [flags, reason], properties);
  const returnCode = returnCodeOf(reason);
  return returnCode === undefined ? undefined : plainPacket(0x20, [flags, returnCode]);
};

/** SUBACK (3.9). `granted`: for each filter a QoS, or a reason of MQTT 5 from 0x80 on. */
export const subackBytes = (level: Level, id: number, granted: readonly number[], properties?: Properties): Buffer => {
  if (level === 5) return packetWithProperties(0x90, twoBytes(id), properties, granted);
  const codes = granted.map((code) => (code < reasons.unspecified ? code : reasons.unspecified));
  return plainPacket(0x90, [...twoBytes(id), ...codes]);
};

/** UNSUBACK (3.11). `codes`: for each filter a reason; none of them is sent in MQTT 3.1.1. */
export const unsubackBytes = (level: Level, id: number, codes: readonly number[], properties?: Properties): Buffer =>
  level === 5 ? packetWithProperties(0xb0, twoBytes(id), properties, codes) : plainPacket(0xb0, twoBytes(id));

/**
 * PUBACK, PUBREC, PUBREL or PUBCOMP (3.4 to 3.7) in its shortest form.
 * @param code a reason of MQTT 5, which no other level is sent.
 */
export const ackBytes = (
  level: Level,
  type: AckPacket['type'],
  id: number,
  code: number = reasons.success,
  properties?: Properties,
): Buffer => {
  const isEmpty = propertiesSize(properties) === 0;
  if (level !== 5 || (code === reasons.success && isEmpty)) {
    const target = Buffer.allocUnsafe(ackSize);
    writeAck(target, 0, type, id);
    return target;
  }
  const fields = [...twoBytes(id), code];
  return isEmpty ? plainPacket(firstBytes[type], fields) : packetWithProperties(firstBytes[type], fields, properties);
};

/** Bytes of a PUBACK, PUBREC, PUBREL or PUBCOMP without reason. */
export const ackSize = 4;

/** Writes one without reason, which says success, at `at`; returns where it ends. */
export const writeAck = (target: Buffer, at: number, type: AckPacket['type'], id: number): number => {
  target[at] = firstBytes[type];
  target[at + 1] = 2;
  target[at + 2] = id >> 8;
  target[at + 3] = id & 0xff;
  return at + ackSize;
};

const firstBytes = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;

/** PINGRESP (3.13). The same bytes each time. */
export const pingrespBytes: Buffer = Buffer.from([0xd0, 0]);

/** DISCONNECT from the server (MQTT 5, 3.14). No other level has one. */
export const disconnectBytes = (code: number, properties?: Properties): Buffer => shortest(0xe0, code, properties, 1);

/** AUTH from the server (MQTT 5, 3.15). */
export const authBytes = (code: number, properties?: Properties): Buffer => shortest(0xf0, code, properties, 2);

/** `contentBytesMin`: with how few bytes a reason other than success can be sent. */
const shortest = (first: number, code: number, properties: Properties | undefined, contentBytesMin: 1 | 2): Buffer => {
  const isEmpty = propertiesSize(properties) === 0;
  if (isEmpty && code === reasons.success) return plainPacket(first, []);
  return isEmpty && contentBytesMin === 1
    ? plainPacket(first, [code])
    : packetWithProperties(first, [code], properties);
};

const twoBytes = (value: number): readonly number[] => [value >> 8, value & 0xff];

/** How a message goes to one subscriber (3.3). */
export type Delivery = {
  readonly qos: Qos;
  /** Not looked at with QoS 0. */
  readonly id: number;
  readonly dup: boolean;
  readonly retain: boolean;
  /** MQTT 5, as everything below. */
  readonly topicAlias?: number | undefined;
  /** `false`: the topic alias stands for the topic. */
  readonly withTopic?: boolean | undefined;
  readonly subscriptionIds?: readonly number[] | undefined;
  /** What is left of the message's expiry, in its place. */
  readonly messageExpiryS?: number | undefined;
};

/** PUBLISH. Of the message's properties those go that belong to the message; none in MQTT 3.1.1. */
export const publishBytes = (level: Level, message: OutgoingMessage, delivery: Delivery): Buffer => {
  const { qos, id, dup, retain } = delivery;
  const sizes = sizesOf(level, message, delivery);
  const target = Buffer.allocUnsafe(packetSize(sizes.remaining));
  target[0] = 0x30 | (dup && qos > 0 ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  let at = target.writeUInt16BE(sizes.topic, writeVariableInteger(target, 1, sizes.remaining));
  if (sizes.topic > 0) at += target.write(message.topic, at);
  if (qos > 0) at = target.writeUInt16BE(id, at);
  if (level === 5) {
    at = writeVariableInteger(target, at, sizes.own + sizes.delivery);
    at = writeRows(target, at, sizes.properties, messageRows);
    at = writeRows(target, at, delivery, deliveryRows);
  }
  target.set(message.payload, at);
  return target;
};

/** How many bytes `publishBytes` makes of it. A client of MQTT 5 may have said how many it takes at most (3.1.2.11.4). */
export const publishSize = (level: Level, message: OutgoingMessage, delivery: Delivery): number =>
  packetSize(sizesOf(level, message, delivery).remaining);

const packetSize = (remaining: number): number => 1 + variableIntegerBytes(remaining) + remaining;

type Sizes = {
  readonly properties: GivenProperties | undefined;
  readonly own: number;
  readonly delivery: number;
  readonly topic: number;
  readonly remaining: number;
};

const sizesOf = (level: Level, { topic, payload, properties }: OutgoingMessage, delivery: Delivery): Sizes => {
  const topicBytes = level === 5 && delivery.withTopic === false ? 0 : Buffer.byteLength(topic);
  const content = 2 + topicBytes + (delivery.qos > 0 ? 2 : 0) + payload.length;
  if (level !== 5) return { properties: undefined, own: 0, delivery: 0, topic: topicBytes, remaining: content };
  const { messageExpiryS } = delivery;
  const written = messageExpiryS === undefined ? properties : { ...properties, messageExpiryS };
  const own = sizeOfRows(written, messageRows);
  const ofDelivery = sizeOfRows(delivery, deliveryRows);
  const remaining = content + lengthAndProperties(own + ofDelivery);
  return { properties: written, own, delivery: ofDelivery, topic: topicBytes, remaining };
};
