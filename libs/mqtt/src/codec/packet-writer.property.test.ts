/** What the writer writes, `mqtt-packet` reads as it was meant; and what is kept comes back. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { keptBytes, keptMessage } from './kept-message.ts';
import {
  ackBytes,
  authBytes,
  connackBytes,
  disconnectBytes,
  publishBytes,
  publishSize,
  subackBytes,
  unsubackBytes,
} from './packet-writer.ts';
import type { Level, Properties } from './packets.ts';
import { messageProperties, packetId, payload, properties, qos, text, topic } from './testing/arbitrary-packets.ts';
import { propertiesOf } from './testing/as-mqtt-packet.ts';

const levels = fc.constantFrom<Level>(3, 4, 5);
const reasons = properties('reasonString', 'userProperties');
const ids = fc.array(fc.integer({ min: 1, max: 268_435_455 }), { maxLength: 3 });

it('CONNACK', () => {
  const all = properties(
    ...(['sessionExpiryS', 'receiveMaximum', 'maximumQos', 'retainAvailable', 'maximumPacketBytes'] as const),
    ...(['assignedClientId', 'topicAliasMaximum', 'reasonString', 'userProperties', 'serverReference'] as const),
    ...(['wildcardSubscriptionsAvailable', 'subscriptionIdsAvailable', 'sharedSubscriptionsAvailable'] as const),
    ...(['serverKeepAliveS', 'responseInformation', 'authenticationMethod', 'authenticationData'] as const),
  );
  const some = fc.constantFrom(0, 0x80, 0x87);
  fc.assert(
    fc.property(levels, fc.boolean(), some, all, (level, sessionPresent, reason, given) => {
      const bytes = connackBytes(level, { sessionPresent, reason, properties: given });
      if (level !== 5 && reason === 0x80) {
        assert.equal(bytes, undefined);
        return;
      }
      const read = parsed(bytes ?? fail(), level);
      assert.equal(read.sessionPresent, sessionPresent && reason === 0 && level > 3);
      if (level === 5) assert.deepEqual([read.reasonCode, read.properties], [reason, propertiesOf(given)]);
      else assert.equal(read.returnCode, reason === 0 ? 0 : 5);
    }),
  );
});

it('SUBACK and UNSUBACK', () => {
  const codes = fc.array(fc.constantFrom(0, 1, 2, 0x80, 0x87, 0x8f), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(levels, packetId, codes, reasons, (level, id, granted, given) => {
      const suback = parsed(subackBytes(level, id, granted, given), level);
      assert.deepEqual([suback.cmd, suback.messageId], ['suback', id]);
      assert.deepEqual(
        suback.granted,
        granted.map((code) => (level !== 5 && code > 2 ? 0x80 : code)),
      );
      const unsubscribed = granted.map((code) => (code === 1 || code === 2 ? 0x11 : code));
      const unsuback = parsed(unsubackBytes(level, id, unsubscribed, given), level);
      assert.deepEqual([unsuback.cmd, unsuback.messageId], ['unsuback', id]);
      if (level !== 5) return;
      assert.deepEqual(unsuback.granted, unsubscribed);
      assert.deepEqual([suback.properties, unsuback.properties], [propertiesOf(given), propertiesOf(given)]);
    }),
  );
});

it('PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT and AUTH', () => {
  const types = fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const);
  fc.assert(
    fc.property(levels, types, packetId, fc.boolean(), reasons, (level, type, id, isRefused, given) => {
      const code = isRefused ? (type === 'pubrel' || type === 'pubcomp' ? 0x92 : 0x97) : 0;
      const read = parsed(ackBytes(level, type, id, code, given), level);
      assert.deepEqual([read.cmd, read.messageId], [type, id]);
      if (level === 5) assert.deepEqual([read.reasonCode ?? 0, read.properties], [code, propertiesOf(given)]);
      const gone = parsed(disconnectBytes(isRefused ? 0x8e : 0, given), 5);
      assert.deepEqual([gone.cmd, gone.reasonCode ?? 0], ['disconnect', isRefused ? 0x8e : 0]);
      assert.deepEqual(gone.properties, propertiesOf(given));
      const method = { ...given, authenticationMethod: 'm' };
      const auth = parsed(authBytes(0x18, method), 5);
      assert.deepEqual([auth.reasonCode, auth.properties], [0x18, propertiesOf(method)]);
    }),
  );
});

const messages = fc.record({ topic, payload, properties: fc.option(messageProperties, { nil: undefined }) });
const deliveries = fc.record({
  ...{ qos, id: packetId, dup: fc.boolean(), retain: fc.boolean() },
  topicAlias: fc.option(packetId, { nil: undefined }),
  withTopic: fc.option(fc.boolean(), { nil: undefined }),
  subscriptionIds: fc.option(ids, { nil: undefined }),
  messageExpiryS: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
});

it('PUBLISH', () => {
  fc.assert(
    fc.property(levels, messages, deliveries, (level, message, delivery) => {
      const bytes = publishBytes(level, message, delivery);
      assert.equal(publishSize(level, message, delivery), bytes.length);
      const read = parsed(bytes, level);
      const { qos: granted, dup, retain, id, withTopic, subscriptionIds, topicAlias, messageExpiryS } = delivery;
      assert.deepEqual(
        [read.topic, read.payload, read.qos, read.retain],
        [level === 5 && withTopic === false ? '' : message.topic, message.payload, granted, retain],
      );
      assert.deepEqual([read.dup, read.messageId], granted === 0 ? [false, undefined] : [dup, id]);
      if (level !== 5) return;
      const given: Properties = {
        ...message.properties,
        ...(messageExpiryS === undefined ? {} : { messageExpiryS }),
        ...(topicAlias === undefined ? {} : { topicAlias }),
        ...(subscriptionIds === undefined || subscriptionIds.length === 0 ? {} : { subscriptionIds }),
      };
      assert.deepEqual(read.properties, propertiesOf(given));
    }),
    { numRuns: 1000 },
  );
});

it('a kept message', () => {
  const pairs = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(messages, pairs, fc.boolean(), qos, ids, (message, userProperties, retain, of, subscriptionIds) => {
      const kept = { ...message, properties: { ...message.properties, userProperties }, retain, qos: of };
      const back = keptMessage(keptBytes({ ...kept, subscriptionIds }));
      assert.deepEqual(back, { ...kept, subscriptionIds: subscriptionIds.length === 0 ? undefined : subscriptionIds });
    }),
  );
});

/** The one packet in these bytes, as `mqtt-packet` reads it. */
const parsed = (bytes: Uint8Array, level: Level): Record<string, unknown> => {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: level });
  parser.on('packet', (packet: Packet) => packets.push(packet));
  parser.on('error', (error: unknown) => assert.fail(String(error)));
  assert.equal(parser.parse(Buffer.from(bytes)), 0);
  assert.equal(packets.length, 1);
  const read = { ...packets[0] } as Record<string, unknown>; // Its type has other fields for each packet.
  const found = { ...(read.properties as object | undefined) } as Record<string, unknown>; // As above.
  if (found.userProperties !== undefined) found.userProperties = { ...found.userProperties };
  return { ...read, properties: found };
};

const fail = (): never => assert.fail('no bytes');
