import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { dataOf } from '@plenum/runtime/testing';
import mqtt from 'mqtt';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { createWebSocketStream, WebSocket } from 'ws';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, ids, publishPacket, type RawClient, rawSocket, rawTcp } from '../testing/raw-client.ts';
import { selfSigned } from '../testing/self-signed.ts';

const local = { host: '127.0.0.1', port: 0 };

describe('over TCP', () => {
  it('packets may be cut anywhere', async (t) => {
    const listener = await opened(t);
    const stream = Buffer.concat(conversation.map((packet) => mqttPacket.generate(packet)));
    for (let cut = 1; cut < stream.length; cut += 1) {
      const client = rawTcp(listener.port);
      client.socket.write(stream.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      client.socket.write(stream.subarray(cut));
      assert.deepEqual(await ids(client, 3), ['connack ', 'puback 1', 'puback 2'], `cut at ${cut}`);
      client.kill();
    }
    assert.equal(listener.log.records.length, 2 * (stream.length - 1));
  });

  it('or come byte by byte', async (t) => {
    const listener = await opened(t);
    const client = rawTcp(listener.port);
    for (const byte of Buffer.concat(conversation.map((packet) => mqttPacket.generate(packet)))) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await ids(client, 3), ['connack ', 'puback 1', 'puback 2']);
    client.kill();
  });

  it('200 devices at once are all served', async (t) => {
    const listener = await opened(t);
    const devices = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        mqtt.connectAsync(`mqtt://127.0.0.1:${listener.port}`, { clientId: `device-${n}` }),
      ),
    );
    await Promise.all(
      devices.flatMap((device, n) =>
        Array.from({ length: 10 }, (_, m) => device.publishAsync(`t/${n}`, `${n}-${m}`, { qos: m % 2 === 0 ? 1 : 2 })),
      ),
    );
    assert.equal(new Set(listener.log.records.map(dataOf)).size, 2000);
    assert.equal(listener.counts().connections, 200);
    await Promise.all(devices.map((device) => device.endAsync()));
    assert.deepEqual(listener.counts().clientErrors, 0);
  });
});

describe('over TLS', () => {
  it('the same is said, and clients of plain TCP are turned away', async (t) => {
    const { key, cert } = selfSigned();
    const listener = await opened(t, { parts: { tls: { ...local, key, cert } } });
    const port = listener.tls?.port ?? 0;
    await converse(t, rawSocket(connectTls({ port, host: '127.0.0.1', ca: cert })));
    const plain = rawTcp(port);
    plain.send(connectPacket());
    await plain.closed;
    assert.equal(listener.log.records.length, 2);
  });

  it('a client certificate is asked for when an authority is given', async (t) => {
    const server = selfSigned();
    const device = selfSigned();
    const listener = await opened(t, { parts: { tls: { ...local, ...server, ca: device.cert } } });
    const port = listener.tls?.port ?? 0;
    await converse(t, rawSocket(connectTls({ port, host: '127.0.0.1', ca: server.cert, ...device })));
    const anonymous = rawSocket(connectTls({ port, host: '127.0.0.1', ca: server.cert }));
    anonymous.send(connectPacket());
    await anonymous.closed;
    assert.deepEqual(anonymous.waiting, []);
  });
});

describe('over WebSocket', () => {
  it('the same is said', async (t) => {
    const { port } = await webSocketListener(t);
    await converse(t, rawSocket(createWebSocketStream(new WebSocket(`ws://127.0.0.1:${port}/mqtt`, ['mqtt']))));
  });

  it('mqtt.js is at home, with many messages and a large one', async (t) => {
    const { listener, port } = await webSocketListener(t);
    const client = await mqtt.connectAsync(`ws://127.0.0.1:${port}/mqtt`);
    await Promise.all(Array.from({ length: 500 }, (_, n) => client.publishAsync('a', `${n}`, { qos: 1 })));
    await client.publishAsync('a', Buffer.alloc(1024 * 1024), { qos: 1 });
    assert.equal(listener.log.records.length, 501);
    assert.equal(listener.log.records.at(-1)?.topic, 'Quarantined');
    await client.endAsync();
  });

  it('pages from elsewhere may not connect, pages of this machine and named ones may', async (t) => {
    const { port } = await webSocketListener(t, ['https://plenum.example']);
    const statusOf = async (origin: string): Promise<number> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['mqtt'], { origin });
      const { promise, resolve } = Promise.withResolvers<number>();
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      const status = await promise;
      socket.on('error', () => undefined); // Terminated before it was open.
      socket.terminate();
      return status;
    };
    assert.equal(await statusOf('https://evil.example'), 403);
    assert.equal(await statusOf('null'), 403);
    assert.equal(await statusOf('http://localhost:3000'), 101);
    assert.equal(await statusOf('https://plenum.example'), 101);
  });

  it('a message too large to scan closes its connection only', async (t) => {
    const { listener, port } = await webSocketListener(t);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, ['mqtt']);
    const client = rawSocket(createWebSocketStream(socket));
    client.send(connectPacket());
    await ids(client, 1);
    client.send(publishPacket('a', Buffer.alloc(5 * 1024 * 1024)));
    await client.closed;
    const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${listener.port}`);
    await other.publishAsync('a', 'fine', { qos: 1 });
    await other.endAsync();
  });
});

const conversation: readonly Packet[] = [
  connectPacket(),
  publishPacket('a/b', 'first', { messageId: 1 }),
  publishPacket('a/b', 'x'.repeat(150), { messageId: 2 }),
];

const converse = async (t: TestContext, client: RawClient): Promise<void> => {
  t.after(() => client.kill());
  client.send(...conversation);
  assert.deepEqual(await ids(client, 3), ['connack ', 'puback 1', 'puback 2']);
};

const webSocketListener = async (t: TestContext, origins: readonly string[] = []) => {
  const listener = await opened(t, { parts: { webSocket: { ...local, origins } } });
  return { listener, port: listener.webSocket?.port ?? 0 };
};
