/** MQTT 5 packets as bytes, right ones and wrong ones alike: whatever is said is written. */
import { type Connect, connectFlags, field, number, type Publish, packet, type Text, variable } from './bytes.ts';

/** One property: its identifier and its value. Any bytes may stand in its place. */
export type Property = Uint8Array;

const byte =
  (id: number) =>
  (value: number): Property =>
    Buffer.from([id, value]);
const twoBytes =
  (id: number) =>
  (value: number): Property =>
    Buffer.from([id, value >> 8, value & 0xff]);
const fourBytes =
  (id: number) =>
  (value: number): Property => {
    const bytes = Buffer.from([id, 0, 0, 0, 0]);
    bytes.writeUInt32BE(value, 1);
    return bytes;
  };
const text =
  (id: number) =>
  (value: Text): Property =>
    Buffer.concat([Buffer.from([id]), field(value)]);

/** MQTT 5, 2.2.2.2. */
export const property = {
  payloadFormat: byte(0x01),
  messageExpiry: fourBytes(0x02),
  contentType: text(0x03),
  responseTopic: text(0x08),
  correlationData: text(0x09),
  subscriptionId: (value: number): Property => Buffer.from([0x0b, ...variable(value)]),
  sessionExpiry: fourBytes(0x11),
  assignedClientId: text(0x12),
  serverKeepAlive: twoBytes(0x13),
  authenticationMethod: text(0x15),
  authenticationData: text(0x16),
  requestProblemInformation: byte(0x17),
  willDelay: fourBytes(0x18),
  requestResponseInformation: byte(0x19),
  responseInformation: text(0x1a),
  serverReference: text(0x1c),
  reasonString: text(0x1f),
  receiveMaximum: twoBytes(0x21),
  topicAliasMaximum: twoBytes(0x22),
  topicAlias: twoBytes(0x23),
  maximumQos: byte(0x24),
  retainAvailable: byte(0x25),
  user: (name: Text, value: Text): Property => Buffer.concat([Buffer.from([0x26]), field(name), field(value)]),
  maximumPacketSize: fourBytes(0x27),
  wildcardsAvailable: byte(0x28),
  subscriptionIdsAvailable: byte(0x29),
  sharedAvailable: byte(0x2a),
} as const;

export const properties = (list: readonly Property[]): Buffer => {
  const bytes = Buffer.concat(list);
  return Buffer.concat([Buffer.from(variable(bytes.length)), bytes]);
};

export type Connect5 = Connect & {
  readonly with?: readonly Property[];
  readonly will?: Connect['will'] & { readonly with?: readonly Property[] };
};

/** Clean Start unless `clean` is false; its session ends with the connection unless `with` says otherwise. */
export const connect5 = (clientId: Text, asked: Connect5 = {}): Buffer => {
  const { protocol = 'MQTT', level = 5, keepalive = 60, will, userName, password, rest = [] } = asked;
  return packet(
    0x10,
    ...[field(protocol), level, asked.flags ?? connectFlags(asked), number(keepalive)],
    ...[properties(asked.with ?? []), field(clientId)],
    ...(will === undefined ? [] : [properties(will.with ?? []), field(will.topic), field(will.message ?? '')]),
    ...[userName, password].flatMap((each) => (each === undefined ? [] : [field(each)])),
    Buffer.from(rest),
  );
};

export type Publish5 = Publish & { readonly with?: readonly Property[] };

export const publish5 = (topic: Text, message: Text, asked: Publish5 = {}): Buffer => {
  const { qos = 1, id = 1, dup = false, retain = false } = asked;
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  const ids = qos === 0 ? [] : [number(id)];
  return packet(first, field(topic), ...ids, properties(asked.with ?? []), Buffer.from(message as string));
};

/** A filter with its subscription options: the QoS and the flags below, added. */
export type Filter = readonly [Text, number];
export const noLocal = 0x04;
export const retainAsPublished = 0x08;
/** Retained messages only to a subscription that is new, or never. */
export const retainIfNew = 0x10;
export const retainNever = 0x20;

export const subscribe5 = (...filters: readonly Filter[]): Buffer => subscribeWith({}, ...filters);

export const subscribeWith = (
  asked: { readonly id?: number; readonly with?: readonly Property[] },
  ...filters: readonly Filter[]
): Buffer =>
  packet(
    0x82,
    ...[number(asked.id ?? 1), properties(asked.with ?? [])],
    ...filters.flatMap(([filter, options]) => [field(filter), options]),
  );

export const unsubscribe5 = (...filters: readonly Text[]): Buffer => unsubscribeWith({}, ...filters);

export const unsubscribeWith = (
  asked: { readonly id?: number; readonly with?: readonly Property[] },
  ...filters: readonly Text[]
): Buffer => packet(0xa2, number(asked.id ?? 2), properties(asked.with ?? []), ...filters.map(field));

/** PUBACK, PUBREC, PUBREL or PUBCOMP in their long form. */
export const answer5 = (type: number, id: number, reason = 0, list: readonly Property[] = []): Buffer =>
  packet(type, number(id), reason, properties(list));

export const disconnect5 = (reason = 0, list: readonly Property[] = []): Buffer =>
  packet(0xe0, reason, properties(list));

export const auth = (reason: number, list: readonly Property[] = []): Buffer => packet(0xf0, reason, properties(list));
