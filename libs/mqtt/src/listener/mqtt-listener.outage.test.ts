import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { dataOf, manualTimer } from '@plenum/runtime/testing';
import mqtt from 'mqtt';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, ids, publishPacket, rawConnected, rawTcp } from '../testing/raw-client.ts';

describe('while the log is away', () => {
  it('nothing is acknowledged, its sender is closed after the hold, and CONNECT is answered with code 3', async (t) => {
    const listener = await opened(t, { limits: { holdMsMax: 1000 }, ingestLimits: { retryDelayMsMax: 50 } });
    const client = await rawConnected(listener.port);
    listener.log.fail();
    client.send(publishPacket('a', 'held'));
    await listener.log.called(1);
    await client.closed;
    assert.deepEqual(client.waiting, []);

    const refused = rawTcp(listener.port);
    refused.send(connectPacket({ clientId: 'late' }));
    const connack = await refused.next();
    assert.equal(connack.cmd === 'connack' && connack.returnCode, 3);
    await refused.closed;
    assert.equal(listener.counts().refusedWhileAway, 1);

    listener.log.heal();
    await listener.log.holds(1); // The batch that could not be written is tried until it can.
    const back = await rawConnected(listener.port);
    back.send(publishPacket('a', 'held', { dup: true }));
    assert.deepEqual(await ids(back, 1), ['puback 1']);
    back.kill();
  });

  it('a keepalive shorter than twice the hold shortens it', async (t) => {
    const timer = manualTimer();
    const listener = await opened(t, { limits: { holdMsMax: 60_000 }, timer });
    // In its own time Aedes closes who is silent for a minute and a half.
    const client = await rawConnected(listener.port, { keepalive: 60 });
    const held = (): boolean => listener.ingest.load().connectionsWaiting === 1;
    listener.log.hold();
    client.send(publishPacket('a', 'held'));
    while (!held()) await new Promise((resolve) => setImmediate(resolve));
    await timer.advance(29_900);
    assert.ok(held(), 'closed before half a keepalive');
    await timer.advance(200);
    await client.closed;
    assert.deepEqual(client.waiting, []);
  });

  for (const failure of [
    new TransientFailure('08006', 'connection failure'),
    new TransientFailure('53100', 'no space left on device'),
  ]) {
    it(`devices keep trying and nothing they sent is lost (${failure.code})`, async (t) => {
      const listener = await opened(t, { limits: { holdMsMax: 200 }, ingestLimits: { retryDelayMsMax: 50 } });
      const clients = Array.from({ length: 10 }, (_, n) =>
        mqtt.connect(`mqtt://127.0.0.1:${listener.port}`, {
          clientId: `device-${n}`,
          clean: false,
          reconnectPeriod: 20,
          reconnectOnConnackError: true,
        }),
      );
      t.after(() => clients.forEach((client) => client.end(true)));
      await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))));
      const refused = Promise.withResolvers<void>();
      for (const client of clients) {
        client.on('error', () => refused.resolve()); // CONNACK 3.
      }
      listener.log.fail(failure);
      const sent = clients.flatMap((client, n) =>
        Array.from({ length: 20 }, (_, m) => client.publishAsync('a', `${n}-${m}`, { qos: 1 })),
      );
      await refused.promise;
      assert.equal(listener.log.records.length, 0);
      listener.log.heal();
      await Promise.all(sent);
      const kept = new Set(listener.log.records.map(dataOf));
      assert.equal(kept.size, 200);
      assert.equal(listener.ingest.state(), 'flowing');
    });
  }
});

describe('when memory is full', () => {
  it('sockets are not read until there is capacity, and everything arrives', async (t) => {
    const listener = await opened(t, { ingestLimits: { inHandBytesMax: 200_000 } });
    const clients = await Promise.all(
      Array.from({ length: 5 }, (_, n) => rawConnected(listener.port, { clientId: `c${n}` })),
    );
    listener.log.hold();
    const messageIds = Array.from({ length: 2000 }, (_, n) => n + 1);
    for (const client of clients) {
      client.send(...messageIds.map((messageId) => publishPacket('a', 'x'.repeat(500), { messageId })));
    }
    const full = (): boolean => !listener.ingest.hasCapacity();
    while (!full()) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(listener.ingest.load().inHandBytes < 500_000, `${listener.ingest.load().inHandBytes} bytes in hand`);
    listener.log.release();
    for (const client of clients) {
      assert.deepEqual(
        await ids(client, 2000),
        messageIds.map((id) => `puback ${id}`),
      );
    }
    assert.equal(listener.log.records.length, 10_000);
    for (const client of clients) client.kill();
  });
});
