/**
 * What Mosquitto does and does not promise, as `docs/devices.md`, `deploy/mosquitto/mosquitto.conf` and the connector's own
 * choices say. A version that does otherwise makes these tests fail, and then one of the three is out of date.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  mosquittoMissing,
  shippedConfiguration,
  type TestMosquitto,
  testMosquitto,
} from '@plenum/local-mosquitto/testing';
import mqtt from 'mqtt';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { publishMany } from '../testing/publish-many.ts';
import { publishPacket, type RawClient, rawSocket } from '../testing/raw-client.ts';

const many = Array.from({ length: 5000 }, (_, n) => ({ topic: 't/a', payload: `${n}` }));

describe('Mosquitto', { skip: mosquittoMissing, timeout: 300_000 }, () => {
  it('takes a PUBACK with a reason code of failure for an acknowledgement like any other', async (t) => {
    const { port } = await testMosquitto(t);
    const first = await subscriber(t, port);
    await publishMany(port, [{ topic: 't/a', payload: 'refused' }]);
    const refused = await first.next();
    first.send({ cmd: 'puback', messageId: refused.messageId ?? 0, reasonCode: 0x99 });
    await publishMany(port, [{ topic: 't/a', payload: 'not answered' }]);
    assert.equal(text(await first.next()), 'not answered');
    first.kill();
    await first.closed;
    // What was not answered comes again, so the session is the same; what was refused does not.
    const second = await subscriber(t, port);
    assert.equal(text(await second.next()), 'not answered');
    await publishMany(port, [{ topic: 't/a', payload: 'next' }]);
    assert.equal(text(await second.next()), 'next');
  });

  it('throws away what is larger than a Maximum Packet Size, and notifies neither side', async (t) => {
    const { port } = await testMosquitto(t);
    const client = await subscriber(t, port, { maximumPacketSize: 1000 });
    await publishMany(
      port,
      ['before', 'x'.repeat(2000), 'after'].map((payload) => ({ topic: 't/a', payload })),
    );
    assert.equal(text(await client.next()), 'before');
    assert.equal(text(await client.next()), 'after');
  });

  it('drops what exceeds max_queued_messages, and acknowledges it; without a limit it keeps everything', async (t) => {
    for (const [settings, kept] of [
      [['persistence true', 'max_queued_messages 1000', 'max_inflight_messages 20'], 1000],
      [['persistence true', 'max_queued_messages 0', 'max_inflight_messages 20'], 5000],
    ] as const) {
      const broker = await testMosquitto(t, { file: settings.join('\n') });
      (await subscriber(t, broker.port)).kill();
      await publishMany(broker.port, many); // Settles when all of them are acknowledged.
      const received = await drained(t, broker.port);
      assert.ok(kept === 5000 ? received === 5000 : received <= kept + 20, `${received} of 5000 with ${settings[1]}`);
    }
  });

  it('acknowledges in MQTT 3.1.1 what message_size_limit throws away; in MQTT 5 it says so', async (t) => {
    const { port } = await testMosquitto(t, { settings: ['message_size_limit 1000'] });
    const client = await subscriber(t, port);
    const large = publishPacket('t/a', 'x'.repeat(2000), { messageId: 7 });
    assert.deepEqual([...(await answerTo(port, 4, large))], [0x40, 2, 0, 7]);
    // "Packet too large", which MQTT 5 does not have for a PUBACK.
    assert.deepEqual([...(await answerTo(port, 5, large))].slice(0, 5), [0x40, 3, 0, 7, 0x95]);
    await publishMany(port, [{ topic: 't/a', payload: 'after' }]);
    assert.equal(text(await client.next()), 'after');
  });

  it('loses what it has acknowledged when it is killed, with persistence alone', async (t) => {
    const broker = await testMosquitto(t, { settings: ['max_queued_messages 0'] });
    (await subscriber(t, broker.port)).kill();
    await publishMany(broker.port, many.slice(0, 2000));
    await broker.stop('SIGKILL');
    await broker.start();
    assert.equal(await drained(t, broker.port), 0);
  });

  it('saves at every change with autosave_on_changes, and by time with the configuration that is shipped', async (t) => {
    const onChanges = await testMosquitto(t, { settings: ['autosave_interval 1', 'autosave_on_changes true'] });
    (await subscriber(t, onChanges.port)).kill();
    await publishMany(onChanges.port, many.slice(0, 300));
    assert.ok(onChanges.saves() >= 300, `${onChanges.saves()} saves of 300 changes`);

    const startedMs = performance.now();
    const shipped = await testMosquitto(t, { file: shippedConfiguration() });
    (await subscriber(t, shipped.port)).kill();
    await publishMany(shipped.port, many);
    const dueMax = Math.ceil((performance.now() - startedMs) / 5000);
    assert.ok(shipped.saves() <= dueMax, `${shipped.saves()} saves, and ${dueMax} were due`);
  });

  it('keeps what it acknowledged before it last saved, and loses the rest, killed as it is shipped', async (t) => {
    const broker = await testMosquitto(t, { file: shippedConfiguration() });
    (await subscriber(t, broker.port)).kill();
    await publishMany(broker.port, many.slice(0, 500));
    await saved(broker);
    await publishMany(broker.port, many.slice(500, 600));
    await broker.stop('SIGKILL');
    await broker.start();
    assert.equal(await drained(t, broker.port), 500);
  });

  it('sends again what was acknowledged to it since it last saved, killed as it is shipped', async (t) => {
    const broker = await testMosquitto(t, { file: shippedConfiguration() });
    const first = await subscriber(t, broker.port);
    await publishMany(broker.port, [{ topic: 't/a', payload: 'saved' }]);
    const { messageId = 0 } = await first.next();
    await saved(broker);
    await publishMany(broker.port, [{ topic: 't/a', payload: 'not saved' }]);
    const { messageId: nextId = 0 } = await first.next();
    first.send({ cmd: 'puback', messageId }, { cmd: 'puback', messageId: nextId }, { cmd: 'pingreq' });
    assert.equal((await first.next()).cmd, 'pingresp');
    await broker.stop('SIGKILL');
    await broker.start();
    const second = await subscriber(t, broker.port);
    const again = await second.next();
    assert.deepEqual([text(again), again.messageId, again.cmd === 'publish' && again.dup], ['saved', messageId, true]);
    await publishMany(broker.port, [{ topic: 't/a', payload: 'new' }]);
    assert.equal(text(await second.next()), 'new');
  });
});

/** Settles when everything that is there now is in its file. */
const saved = async (broker: TestMosquitto): Promise<void> => {
  const askedMs = Date.now();
  // Files are dated by a clock that ticks.
  while (broker.savedMs() <= askedMs) await setTimeout(5);
};

const text = (packet: Packet): string => (packet.cmd === 'publish' ? packet.payload.toString() : packet.cmd);

/** The bytes that come back behind the CONNACK. */
const answerTo = async (port: number, protocolVersion: 4 | 5, packet: Packet): Promise<Buffer> => {
  const socket = connect({ port, host: '127.0.0.1' });
  const client = { cmd: 'connect', protocolId: 'MQTT', clientId: 'publisher', clean: true, keepalive: 60 } as const;
  for (const each of [{ ...client, protocolVersion }, packet]) {
    socket.write(mqttPacket.generate(each, { protocolVersion }));
  }
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    const rest = bytes.subarray(2 + (bytes[1] ?? bytes.length));
    if (rest.length >= 2 + (rest[1] ?? rest.length)) return rest;
  }
  return assert.fail('the broker closed the connection');
};

const connected = async (t: TestContext, port: number, protocolVersion: 4 | 5, more: object = {}) => {
  const client = rawSocket(connect({ port, host: '127.0.0.1' }), protocolVersion);
  t.after(() => client.kill());
  client.send({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId: `raw-${protocolVersion}`, clean: true },
    keepalive: 60,
    ...more,
  });
  assert.equal((await client.next()).cmd, 'connack');
  return client;
};

/** A kept session that listens to everything below `t`. */
const subscriber = async (t: TestContext, port: number, properties: object = {}): Promise<RawClient> => {
  const client = await connected(t, port, 5, {
    ...{ clientId: 'subscriber', clean: false },
    properties: { sessionExpiryInterval: 3600, ...properties },
  });
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't/#', qos: 1 }] });
  // What waited in the session comes before the SUBACK.
  const early: Packet[] = [];
  for (let packet = await client.next(); packet.cmd !== 'suback'; packet = await client.next()) early.push(packet);
  return { ...client, next: () => Promise.resolve(early.shift()).then((packet) => packet ?? client.next()) };
};

/** How many messages on `t/a` wait in the session: all that come before one that is published now. */
const drained = async (t: TestContext, port: number): Promise<number> => {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    ...{ protocolVersion: 5, clientId: 'subscriber', clean: false },
    properties: { sessionExpiryInterval: 3600, receiveMaximum: 60_000 },
  });
  t.after(() => client.end(true));
  let received = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on('message', (topic, payload) => {
    if (payload.toString() === 'the last') resolve();
    else if (topic === 't/a') received += 1;
  });
  await client.subscribeAsync('t/#', { qos: 1 });
  await publishMany(port, [{ topic: 't/a', payload: 'the last' }]);
  await promise;
  return received;
};
