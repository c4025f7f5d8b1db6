/** What the way down says and when, before a broker that does what the test asks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Delivery, DeviceMessage } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import type { IConnackPacket, IConnectPacket, IPublishPacket } from 'mqtt-packet';
import { reason } from '../codec/reason-codes.ts';
import { type RawClient, rawSocket } from '../testing/raw-client.ts';
import { brokerMessages } from './broker-messages.ts';
import { defaultConnectorLimits } from './connector-limits.ts';
import { brokerUrl } from './dial.ts';

const delivered: Delivery = { outcome: 'delivered', by: 'broker' };
const expired: Delivery = { outcome: 'expired' };
const notConnected: Delivery = { outcome: 'not-connected' };
const refused = (code: number): Delivery => ({ outcome: 'refused', by: 'broker', reason: code });

describe('the way down to a broker', { timeout: 30_000 }, () => {
  it('is opened by the first message, in a session of its own that ends with its connection', async (t) => {
    const { broker, send } = await world(t);
    assert.equal(broker.connections(), 0);
    const sent = send();
    const { connection, connect } = await broker.accept();
    const { clientId, clean, protocolVersion, username, password, will, properties } = connect;
    assert.deepEqual(
      [clientId, clean, protocolVersion, username, String(password), will, properties?.sessionExpiryInterval ?? 0],
      ['plenum-down-1', true, 5, 'plenum', 'secret', undefined, 0],
    );
    connection.send({ cmd: 'puback', messageId: (await published(connection)).messageId });
    assert.deepEqual(await sent, delivered);
    assert.deepEqual(connection.waiting, [], 'it subscribes to nothing');
  });

  it('speaks MQTT 3.1.1 to a broker that has no 5, from then on', async (t) => {
    const { broker, send } = await world(t);
    const sent = send();
    const first = await broker.socket();
    await first.next();
    first.send(Uint8Array.of(0x20, 2, 0, 1)); // CONNACK of 3.1.1: unacceptable protocol version.
    first.socket.end();
    const second = await broker.accept();
    assert.equal(second.connect.protocolVersion, 4);
    const { messageId, properties } = await published(second.connection);
    assert.equal(properties, undefined);
    second.connection.send({ cmd: 'puback', messageId });
    assert.deepEqual(await sent, delivered);
    second.connection.kill();
    const next = send();
    const third = await broker.accept();
    assert.equal(third.connect.protocolVersion, 4);
    third.connection.send({ cmd: 'puback', messageId: (await published(third.connection)).messageId });
    assert.deepEqual(await next, delivered);
  });

  it('takes the reason of PUBACK for the answer', async (t) => {
    const { broker, send } = await world(t);
    const sent = [send(), send(), send()];
    const { connection } = await broker.accept();
    for (const reasonCode of [0x10, 0x97, 0]) {
      connection.send({ cmd: 'puback', messageId: (await published(connection)).messageId, reasonCode });
    }
    assert.deepEqual(await Promise.all(sent), [notConnected, refused(0x97), delivered]);
  });

  it('takes that of PUBREC, and waits for PUBCOMP when it is none of failure', async (t) => {
    const { broker, send } = await world(t);
    const sent = [send({ qos: 2 }), send({ qos: 2 }), send({ qos: 2 })];
    const { connection } = await broker.accept();
    const messageIds: number[] = [];
    for (const reasonCode of [0x10, 0x97, 0]) {
      const { messageId } = await published(connection);
      messageIds.push(messageId);
      connection.send({ cmd: 'pubrec', messageId, reasonCode });
    }
    assert.deepEqual(await sent[1], refused(0x97));
    for (const expected of [messageIds[0], messageIds[2]]) {
      const { cmd, messageId } = await connection.next();
      assert.deepEqual([cmd, messageId], ['pubrel', expected]);
      // Of a packet id that it has forgotten: it had the message.
      connection.send({ cmd: 'pubcomp', messageId: messageId ?? 0, reasonCode: 0x92 });
    }
    assert.deepEqual(await Promise.all([sent[0], sent[2]]), [notConnected, delivered]);
  });

  it('sends QoS 1 again when the connection was lost, with what is left of its time, and QoS 2 not', async (t) => {
    const { broker, send } = await world(t);
    const [once, twice] = [send({ expiryMs: 9_500 }), send({ qos: 2, expiryMs: 9_500 })];
    const { connection } = await broker.accept();
    assert.equal((await published(connection)).properties?.messageExpiryInterval, 10);
    await published(connection);
    connection.kill();
    assert.deepEqual(await twice, expired, 'the broker may have it, and its new session would make two of it');
    const again = await broker.accept();
    const { qos, messageId, properties } = await published(again.connection);
    assert.equal(qos, 1);
    assert.ok((properties?.messageExpiryInterval ?? 99) <= 10);
    again.connection.send({ cmd: 'puback', messageId });
    assert.deepEqual(await once, delivered);
  });

  it('gives up a message that ends every connection, and sends those behind it', async (t) => {
    const { broker, send } = await world(t);
    const [bad, good] = [send({ topic: 'bad' }), send({ topic: 'good' })];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { connection } = await broker.accept();
      assert.equal((await published(connection)).topic, 'bad');
      if (attempt === 0) assert.equal((await published(connection)).topic, 'good');
      assert.deepEqual(connection.waiting, []);
      connection.kill();
    }
    assert.deepEqual(await bad, expired);
    const { connection } = await broker.accept();
    const { topic, messageId } = await published(connection);
    assert.equal(topic, 'good');
    connection.send({ cmd: 'puback', messageId });
    assert.deepEqual(await good, delivered);
  });

  it('keeps what it was let in with: Receive Maximum, Maximum QoS and Maximum Packet Size', async (t) => {
    const { broker, send } = await world(t);
    const sent = ['1', '2', '3'].map((text) => send({ payload: Buffer.from(text) }));
    const large = send({ payload: Buffer.alloc(100) });
    const twice = send({ qos: 2 });
    const { connection } = await broker.accept({ receiveMaximum: 1, maximumQoS: 1, maximumPacketSize: 100 });
    for (const expected of ['1', '2', '3']) {
      const { payload, messageId } = await published(connection);
      assert.equal(String(payload), expected);
      assert.deepEqual(connection.waiting, []);
      connection.send({ cmd: 'puback', messageId });
    }
    assert.deepEqual(await Promise.all(sent), [delivered, delivered, delivered]);
    assert.deepEqual(await large, refused(reason.packetTooLarge));
    assert.deepEqual(await twice, refused(reason.qosNotSupported));
  });

  it('sends nothing after its time, and takes the answer to nothing that is over', async (t) => {
    const { broker, send } = await world(t);
    const sent = send({ expiryMs: 60 });
    const { connection } = await broker.accept({ receiveMaximum: 1 });
    const { messageId } = await published(connection);
    const late = send({ expiryMs: 20 });
    assert.deepEqual(await Promise.all([sent, late]), [expired, expired]);
    const next = send({ topic: 'next' });
    connection.send({ cmd: 'puback', messageId });
    const packet = await published(connection);
    assert.equal(packet.topic, 'next');
    connection.send({ cmd: 'puback', messageId: packet.messageId });
    assert.deepEqual(await next, delivered);
  });

  it('tries again when the broker does not let it in, as long as somebody waits', async (t) => {
    const { broker, send } = await world(t);
    const sent = send({ expiryMs: 300 });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const connection = await broker.socket();
      await connection.next();
      connection.send({ cmd: 'connack', returnCode: 0, reasonCode: 0x87, sessionPresent: false });
    }
    assert.deepEqual(await sent, expired);
    const next = send();
    const { connection } = await broker.accept();
    connection.send({ cmd: 'puback', messageId: (await published(connection)).messageId });
    assert.deepEqual(await next, delivered);
  });

  it('has places for a thousand messages that wait', async (t) => {
    const { send, messages } = await world(t);
    const sent = Array.from({ length: 1001 }, () => send());
    assert.deepEqual(await sent.at(-1), refused(reason.quotaExceeded));
    await messages.close();
    assert.deepEqual(new Set((await Promise.all(sent)).map(({ outcome }) => outcome)), new Set(['expired', 'refused']));
  });

  it('closes while it is opened, and with DISCONNECT when nothing is on its way', async (t) => {
    const opening = await world(t);
    const waiting = opening.send();
    await (await opening.broker.socket()).next();
    await opening.messages.close();
    assert.deepEqual(await waiting, expired);

    const { broker, send, messages } = await world(t);
    const sent = send();
    const { connection } = await broker.accept();
    connection.send({ cmd: 'puback', messageId: (await published(connection)).messageId });
    await sent;
    const closing = messages.close();
    assert.equal((await connection.next()).cmd, 'disconnect');
    await connection.closed;
    await closing;
    assert.deepEqual(await send(), notConnected);
    assert.equal(broker.connections(), 1);
  });
});

const published = async (connection: RawClient): Promise<IPublishPacket & { readonly messageId: number }> => {
  const packet = await connection.next();
  assert.ok(packet.cmd === 'publish', `a PUBLISH, not ${packet.cmd}`);
  return { ...packet, messageId: packet.messageId ?? 0 };
};

type Accepted = { readonly connection: RawClient; readonly connect: IConnectPacket };

type Broker = {
  readonly port: number;
  connections(): number;
  /** The next connection. */
  socket(): Promise<RawClient>;
  /** The next connection, let in. */
  accept(properties?: IConnackPacket['properties']): Promise<Accepted>;
};

const fakeBroker = async (t: TestContext): Promise<Broker> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  const asking: ((socket: Socket) => void)[] = [];
  let given = 0;
  server.on('connection', (socket) => {
    sockets.push(socket);
    const ask = asking.shift();
    if (ask !== undefined) ask(socket);
  });
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  const next = (): Promise<Socket> => {
    given += 1;
    const there = sockets[given - 1];
    return there === undefined ? new Promise((resolve) => asking.push(resolve)) : Promise.resolve(there);
  };
  // It says itself in CONNECT which version it speaks, and is written to in that.
  const socket = async (): Promise<RawClient> => rawSocket(await next(), 5);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => sockets.length,
    socket,
    accept: async (properties) => {
      const connection = await socket();
      const connect = await connection.next();
      assert.ok(connect.cmd === 'connect', `a CONNECT, not ${connect.cmd}`);
      if (connect.protocolVersion === 4) connection.send(Uint8Array.of(0x20, 2, 0, 0));
      else {
        const connack = { cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false } as const;
        connection.send({ ...connack, ...(properties && { properties }) });
      }
      return { connection, connect };
    },
  };
};

const world = async (t: TestContext) => {
  const broker = await fakeBroker(t);
  const messages = brokerMessages({
    ...{ url: brokerUrl(`mqtt://127.0.0.1:${broker.port}`), tls: {}, clientId: 'plenum-down-1', protocol: undefined },
    credentials: { username: 'plenum', password: 'secret' },
    limits: { ...defaultConnectorLimits, retryMsMin: 1, retryMsMax: 5 },
    logger: silentLogger,
  });
  t.after(messages.close);
  const send = (message: Partial<DeviceMessage> = {}): Promise<Delivery> =>
    messages.publish({ topic: 'c/node', payload: Buffer.from('x'), expiryMs: 20_000, ...message });
  return { broker, messages, send };
};
