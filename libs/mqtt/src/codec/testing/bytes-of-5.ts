/** Packets of MQTT 5 as bytes, right and wrong ones: whatever is given is written. */
import { field, number, packet, type Text } from '../../testing/conformance/bytes.ts';

export { field, number, packet };

type Bytes = Uint8Array | number;

const joined = (parts: readonly Bytes[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));

/** A list of properties with its length. */
export const list = (...properties: readonly Bytes[]): Buffer => {
  const content = joined(properties);
  return packet(0, content).subarray(1); // A packet has its length in the same form.
};

export const four = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const id = Object.freeze({
  ...{ payloadFormat: 0x01, messageExpiry: 0x02, contentType: 0x03, responseTopic: 0x08, correlationData: 0x09 },
  ...{ subscriptionId: 0x0b, sessionExpiry: 0x11, assignedClientId: 0x12, serverKeepAlive: 0x13, authMethod: 0x15 },
  ...{ authData: 0x16, requestProblem: 0x17, willDelay: 0x18, requestResponse: 0x19, responseInformation: 0x1a },
  ...{ serverReference: 0x1c, reasonString: 0x1f, receiveMaximum: 0x21, topicAliasMaximum: 0x22, topicAlias: 0x23 },
  ...{
    maximumQos: 0x24,
    retainAvailable: 0x25,
    user: 0x26,
    maximumPacket: 0x27,
    wildcards: 0x28,
    ids: 0x29,
    shared: 0x2a,
  },
});

/** A user property. */
export const user = (name: Text, value: Text): Buffer => joined([id.user, field(name), field(value)]);

/** CONNECT with these flags, these properties, and what is behind them. */
export const connect5 = (flags = 2, properties: Uint8Array = list(), ...behind: readonly Bytes[]): Buffer =>
  packet(0x10, field('MQTT'), 5, flags, number(60), properties, ...(behind.length === 0 ? [field('c')] : behind));

/** CONNECT with a will that has these properties. */
export const connectWithWill = (properties: Uint8Array, topic: Text = 'w', flags = 0x06): Buffer =>
  connect5(flags, list(), field('c'), properties, field(topic), field('gone'));

/** PUBLISH of QoS 1, packet id 7 and payload `m`. */
export const publish5 = (properties: Uint8Array = list(), topic: Text = 't', first = 0x32): Buffer =>
  packet(first, field(topic), ...((first & 6) === 0 ? [] : [number(7)]), properties, Buffer.from('m'));

/** SUBSCRIBE with packet id 7. */
export const subscribe5 = (options = 1, filter: Text = 'f', properties: Uint8Array = list()): Buffer =>
  packet(0x82, number(7), properties, field(filter), options);

/** UNSUBSCRIBE with packet id 7. */
export const unsubscribe5 = (filter: Text = 'f', properties: Uint8Array = list()): Buffer =>
  packet(0xa2, number(7), properties, field(filter));
