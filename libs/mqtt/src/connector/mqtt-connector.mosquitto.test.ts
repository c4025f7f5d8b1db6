/** The connector at a real Mosquitto. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { dataOf } from '@plenum/runtime/testing';
import mqtt from 'mqtt';
import { openConnector } from '../testing/connector-under-test.ts';
import { packetProxy } from '../testing/packet-proxy.ts';
import { selfSigned } from '../testing/self-signed.ts';

describe('the connector at Mosquitto', { skip: mosquittoMissing, timeout: 300_000 }, () => {
  for (const protocol of [5, 4] as const) {
    it(`takes what is published, of every QoS, with MQTT ${protocol === 5 ? '5' : '3.1.1'}`, async (t) => {
      const broker = await testMosquitto(t);
      const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}`, protocol });
      await connector.is('open');
      const device = await connectDevice(t, broker.port);
      for (const qos of [0, 1, 2] as const) await device.publishAsync('t/a', `qos ${qos}`, { qos });
      await connector.log.holds(3);
      assert.deepEqual(connector.log.records.map(dataOf), ['qos 0', 'qos 1', 'qos 2']);
      assert.equal(connector.protocol(), protocol);
      await connector.close();
      const { received, appended, inHand } = connector.ingest.balance();
      assert.deepEqual({ received, appended, inHand }, { received: 3, appended: 3, inHand: 0 });
    });
  }

  it('speaks over TLS and WebSocket, and over both at once', async (t) => {
    const tls = selfSigned();
    const broker = await testMosquitto(t, { tls });
    const urls = [
      `mqtts://localhost:${broker.tlsPort}`,
      `ws://127.0.0.1:${broker.webSocketPort}/mqtt`,
      `wss://localhost:${broker.webSocketTlsPort}/mqtt`,
    ];
    for (const url of urls) {
      const connector = openConnector(t, { url, tls: { ca: tls.cert }, clientId: url });
      await connector.is('open');
      const device = await connectDevice(t, broker.port);
      await Promise.all(
        Array.from({ length: 500 }, (_, n) => device.publishAsync('t/a', `${n} ${'x'.repeat(n)}`, { qos: 1 })),
      );
      await connector.log.holds(500);
      const seen = connector.log.records.map((record) => Number.parseInt(String(dataOf(record)), 10));
      assert.deepEqual(
        seen,
        Array.from({ length: 500 }, (_, n) => n),
      );
      await connector.close();
    }
  });

  it('does not open a session with a broker whose certificate nobody vouches for', async (t) => {
    const broker = await testMosquitto(t, { tls: selfSigned() });
    const connector = openConnector(t, { url: `mqtts://localhost:${broker.tlsPort}`, tls: { ca: selfSigned().cert } });
    await connector.becomes('standing-by'); // After as many failures as it takes to let another one try.
    assert.equal(connector.counts().opened, 0);
  });

  it('is given retained messages once, and what was published while it was away', async (t) => {
    const broker = await testMosquitto(t);
    const device = await connectDevice(t, broker.port);
    await device.publishAsync('t/registration', 'retained', { qos: 1, retain: true });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const first = openConnector(t, { url });
    await first.log.holds(1);
    await first.close();
    await device.publishAsync('t/a', 'while away', { qos: 1 });
    const second = openConnector(t, { url });
    await second.log.holds(1);
    await device.publishAsync('t/a', 'after', { qos: 1 });
    await second.log.holds(2);
    assert.deepEqual(first.log.records.map(dataOf), ['retained']);
    assert.deepEqual(second.log.records.map(dataOf), ['while away', 'after']);
    assert.deepEqual([first.counts().openedWithoutSession, second.counts().openedWithoutSession], [1, 0]);
  });

  it('is given retained messages no second time with MQTT 3.1.1 when its connection was cut', async (t) => {
    const broker = await testMosquitto(t);
    const device = await connectDevice(t, broker.port);
    await device.publishAsync('t/status', 'retained', { qos: 1, retain: true });
    // Behind CONNECT, CONNACK, SUBSCRIBE, SUBACK, PUBLISH and PUBACK.
    const proxy = await packetProxy(t, broker.port, (connection) => (connection === 0 ? 6 : undefined));
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${proxy.port}`, protocol: 4 });
    while (connector.counts().opened < 2) await connector.becomes('open');
    await device.publishAsync('t/a', 'after', { qos: 1 });
    while (connector.log.records.length === 0 || dataOf(connector.log.records.at(-1) ?? assert.fail()) !== 'after') {
      await connector.log.holds(connector.log.records.length + 1);
    }
    assert.deepEqual(connector.log.records.map(dataOf), ['retained', 'after']);
    assert.equal(connector.counts().openedWithoutSession, 1);
  });

  it('quarantines what is too large by its beginning and digest, and its neighbours pass', async (t) => {
    const broker = await testMosquitto(t);
    for (const protocol of [5, 4] as const) {
      const url = `mqtt://127.0.0.1:${broker.port}`;
      const connector = openConnector(t, { url, protocol, clientId: `p${protocol}`, limits: { packetBytesMax: 2000 } });
      await connector.is('open');
      const device = await connectDevice(t, broker.port);
      const properties = { userProperties: { a: 'b'.repeat(300) } };
      for (const text of ['before', 'x'.repeat(300_000), 'after']) {
        await device.publishAsync('t/a', text, { qos: 1, properties });
      }
      await connector.log.holds(3);
      const [before, large, after] = connector.log.records.map(dataOf);
      assert.deepEqual([before, after], ['before', 'after']);
      assert.deepEqual(large, {
        ...{ clientId: `p${protocol}`, code: 'oversized', text: 'x'.repeat(4096), length: 300_000 },
        sha256: hash('sha256', 'x'.repeat(300_000)),
      });
      await connector.close();
    }
  });

  it('opens its session again when the broker was restarted, and loses nothing', async (t) => {
    const broker = await testMosquitto(t);
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    await connector.is('open');
    const device = await connectDevice(t, broker.port);
    const sent = Array.from({ length: 200 }, (_, n) => `m${n}`);
    for (const [n, text] of sent.entries()) {
      if (n === 100) {
        const closed = connector.becomes('connecting');
        await broker.stop('SIGTERM');
        await closed;
        await broker.start();
      }
      await device.publishAsync('t/a', text, { qos: 1 });
    }
    // Some are there twice: their acknowledgements were lost with the connection.
    const seen = (): readonly unknown[] => [...new Set(connector.log.records.map(dataOf))];
    while (seen().length < 200) await connector.log.holds(connector.log.records.length + 1);
    assert.deepEqual(seen(), sent);
    assert.equal(connector.counts().openedWithoutSession, 1);
  });

  it('keeps the session and its pings while the log is away, takes no more than it has capacity for, and recovers', async (t) => {
    const broker = await testMosquitto(t, { settings: ['max_inflight_messages 0'] });
    const connector = openConnector(t, {
      url: `mqtt://127.0.0.1:${broker.port}`,
      limits: { keepaliveMs: 4000, inFlightMax: 65_535 },
      ingestLimits: { inHandBytesMax: 500_000, retryDelayMsMax: 50 },
    });
    await connector.is('open');
    connector.log.fail();
    const device = await connectDevice(t, broker.port);
    const sent = Array.from({ length: 5000 }, (_, n) => `${n} ${'x'.repeat(300)}`);
    await Promise.all(sent.map((text) => device.publishAsync('t/a', text, { qos: 1 })));
    // Longer than one and a half keepalives: a broker that heard nothing would have closed by then.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    assert.equal(connector.ingest.hasCapacity(), false);
    assert.ok(connector.ingest.load().inHandBytes < 502_000, `${connector.ingest.load().inHandBytes} bytes in hand`);
    assert.deepEqual(connector.counts(), { opened: 1, openedWithoutSession: 1, ended: 0, redelivered: 0 });
    connector.log.heal();
    await connector.log.holds(5000);
    assert.deepEqual(connector.log.records.map(dataOf), sent);
    assert.equal(connector.counts().ended, 0);
  });
});

const connectDevice = async (t: TestContext, port: number): Promise<mqtt.MqttClient> => {
  const device = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 20 });
  t.after(() => device.end(true));
  return device;
};
