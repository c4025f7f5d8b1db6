/** A raw client that subscribes, and answers as a test wants it to. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import { type RawClient, rawSocket } from './raw-client.ts';

export type RawDevice = RawClient & {
  readonly sessionPresent: boolean;
  /** The next packet, which has to be a PUBLISH. */
  received(): Promise<IPublishPacket & { readonly messageId: number }>;
  puback(messageId: number, reasonCode?: number): void;
  pubrec(messageId: number, reasonCode?: number): void;
  /** The next packet has to be this PUBREL. */
  completes(messageId: number): Promise<void>;
  /** Settles when everything that it sent before has been read. Nothing else may have come by then. */
  hearsNothing(): Promise<void>;
};

export type RawDeviceOptions = {
  readonly clientId: string;
  readonly level?: 4 | 5;
  readonly clean?: boolean;
  /** What it subscribes to; nothing when left out, as who comes back to a session does. */
  readonly filter?: string | undefined;
  readonly qos?: 0 | 1 | 2;
  readonly properties?: IConnectPacket['properties'];
};

/** Connected and, if it wants to, subscribed. */
export const rawDevice = async (port: number, options: RawDeviceOptions): Promise<RawDevice> => {
  const { clientId, level = 5, clean = true, filter, qos = 2, properties = {} } = options;
  const client = rawSocket(connect({ port, host: '127.0.0.1' }), level);
  const kept = clean ? {} : { sessionExpiryInterval: 3600 };
  client.send({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: level, clientId, clean, keepalive: 60 },
    ...(level === 5 && { properties: { ...kept, ...properties } }),
  });
  const connack = await client.next();
  assert.ok(connack.cmd === 'connack' && (connack.reasonCode ?? connack.returnCode) === 0, JSON.stringify(connack));
  if (filter !== undefined) {
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos }] });
    const suback = await client.next();
    assert.ok(suback.cmd === 'suback' && suback.granted[0] === qos, JSON.stringify(suback));
  }
  const ack = (cmd: 'puback' | 'pubrec' | 'pubcomp', messageId: number, reasonCode: number): void =>
    client.send({ cmd, messageId, ...(level === 5 && { reasonCode }) });
  return {
    ...client,
    sessionPresent: connack.sessionPresent,
    received: async () => {
      const packet = await client.next();
      assert.ok(packet.cmd === 'publish', `a PUBLISH, not ${packet.cmd}`);
      return { ...packet, messageId: packet.messageId ?? 0 };
    },
    puback: (messageId, reasonCode = 0) => ack('puback', messageId, reasonCode),
    pubrec: (messageId, reasonCode = 0) => ack('pubrec', messageId, reasonCode),
    completes: async (messageId) => {
      const packet = await client.next();
      assert.deepEqual([packet.cmd, packet.messageId], ['pubrel', messageId]);
      ack('pubcomp', messageId, 0);
    },
    hearsNothing: async () => {
      client.send({ cmd: 'pingreq' });
      assert.equal((await client.next()).cmd, 'pingresp');
    },
  };
};
