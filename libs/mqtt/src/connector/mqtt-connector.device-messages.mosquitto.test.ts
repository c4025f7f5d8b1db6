/** The way down at a real Mosquitto. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { type Delivery, type DeviceMessage, TransientFailure } from '@plenum/runtime';
import { dataOf, deviceMessagesContract } from '@plenum/runtime/testing';
import { openConnector } from '../testing/connector-under-test.ts';
import { contractDevice } from '../testing/contract-device.ts';
import { rawDevice } from '../testing/raw-device.ts';
import { selfSigned } from '../testing/self-signed.ts';

const refusing = { topic: 'refused/node', reason: 0x87 };

deviceMessagesContract(
  'the MQTT connector at Mosquitto',
  async (t) => {
    const broker = await refusingBroker(t);
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    return {
      messages: connector,
      by: 'broker',
      device: (filter) => contractDevice(t, broker.port, filter),
      silence: broker.freeze,
      refusing,
      close: async () => {
        const closing = connector.close();
        broker.thaw();
        await closing;
      },
    };
  },
  mosquittoMissing,
);

describe('the way down at Mosquitto', { skip: mosquittoMissing, timeout: 120_000 }, () => {
  it('is open over TLS and WebSocket too, and for 3.1.1', async (t) => {
    const tls = selfSigned();
    const broker = await testMosquitto(t, { tls });
    const node = await contractDevice(t, broker.port, 'c/#');
    const ways = [
      { url: `mqtts://localhost:${broker.tlsPort}` },
      { url: `ws://127.0.0.1:${broker.webSocketPort}/mqtt` },
      { url: `wss://localhost:${broker.webSocketTlsPort}/mqtt` },
      { url: `mqtt://127.0.0.1:${broker.port}`, protocol: 4 },
    ] as const;
    for (const way of ways) {
      const connector = openConnector(t, { ...way, tls: { ca: tls.cert }, clientId: way.url });
      assert.deepEqual(await connector.publish(message(way.url)), delivered);
      const { payload, messageExpiryS } = await node.received();
      assert.equal(payload, way.url);
      assert.equal(messageExpiryS === undefined, 'protocol' in way);
      await connector.close();
    }
  });

  it('says of what may not be retained why, and in 3.1.1 reads what is retained as well', async (t) => {
    const broker = await refusingBroker(t);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const [five, four] = [
      openConnector(t, { url, clientId: '5' }),
      openConnector(t, { url, clientId: '4', protocol: 4 }),
    ];
    const refused = await five.retain(refusing.topic, Buffer.from('x'));
    assert.deepEqual(refused, { outcome: 'refused', reason: refusing.reason });
    assert.deepEqual(await four.retain('c/node', Buffer.from('x')), { outcome: 'kept' });
    for (const connector of [five, four]) assert.equal(String(await connector.retainedOn('c/node')), 'x');
    assert.deepEqual(await four.retain('c/node', new Uint8Array()), { outcome: 'kept' });
    for (const connector of [five, four]) assert.equal(await connector.retainedOn('c/node'), undefined);
  });

  it('does not know what is retained at a broker that is away', async (t) => {
    const broker = await testMosquitto(t, { tcpOnly: true });
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    assert.deepEqual(await connector.retain('c/node', Buffer.from('x')), { outcome: 'kept' });
    await broker.stop();
    await assert.rejects(connector.retainedOn('c/node'), TransientFailure);
  });

  it('retains nothing later that was given up while the broker was away', async (t) => {
    const broker = await testMosquitto(t, { tcpOnly: true });
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    assert.deepEqual(await connector.retain('c/node', Buffer.from('first')), { outcome: 'kept' });
    await broker.stop();
    const giving = new AbortController();
    const second = connector.retain('c/node', Buffer.from('second'), giving.signal);
    giving.abort();
    assert.deepEqual(await second, { outcome: 'unknown' });
    await broker.start();
    assert.deepEqual(await connector.retain('c/other', Buffer.from('x')), { outcome: 'kept' });
    assert.notEqual(String(await connector.retainedOn('c/node')), 'second');
  });

  it('comes back in by the subscription of the connector, as what anybody else publishes', async (t) => {
    const broker = await testMosquitto(t, { tcpOnly: true });
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    await connector.is('open');
    const sent = await connector.publish({ ...message('seen'), topic: 't/node' });
    assert.deepEqual(sent, delivered, 'though no device has it');
    await connector.log.holds(1);
    assert.deepEqual(connector.log.records.map(dataOf), ['seen']);
  });

  it('hears nothing of what Mosquitto throws away, or of who is away, as docs/devices.md says', async (t) => {
    const broker = await refusingBroker(t);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const [five, four] = [
      openConnector(t, { url, clientId: '5' }),
      openConnector(t, { url, clientId: '4', protocol: 4 }),
    ];
    const unheard = { ...message('x'), topic: refusing.topic };
    assert.deepEqual(await five.publish(unheard), { outcome: 'refused', by: 'broker', reason: refusing.reason });
    assert.deepEqual(await four.publish(unheard), delivered, 'though nobody ever gets it');
    assert.deepEqual(await four.publish(message('x')), delivered, 'though nobody is there');
    const device = await rawDevice(broker.port, { clientId: 'away', filter: 'c/#', clean: false });
    device.send({ cmd: 'disconnect' });
    device.socket.end();
    await device.closed;
    assert.deepEqual(await five.publish(message('x')), delivered, 'for it is kept for who is away');
  });

  it('is open again when the broker is, and what is in its time leaves then', async (t) => {
    const broker = await testMosquitto(t, { tcpOnly: true });
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    await contractDevice(t, broker.port, 'c/#');
    assert.deepEqual(await connector.publish(message('first')), delivered);
    await broker.stop('SIGKILL');
    assert.deepEqual(await connector.publish({ ...message('too late'), expiryMs: 30 }), { outcome: 'expired' });
    const waiting = connector.publish({ ...message('in time'), topic: 'nobody' });
    await broker.start();
    assert.deepEqual(await waiting, { outcome: 'not-connected' });
  });
});

const delivered: Delivery = { outcome: 'delivered', by: 'broker' };

const message = (text: string): DeviceMessage => ({ topic: 'c/node', payload: Buffer.from(text), expiryMs: 60_000 });

/** Nobody may publish what `refusing` names. */
const refusingBroker = async (t: TestContext) => {
  const rights = await fileWith(t, `topic readwrite #\ntopic deny ${refusing.topic}\n`);
  return testMosquitto(t, { settings: [`acl_file ${rights}`], tcpOnly: true });
};

const fileWith = async (t: TestContext, text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'plenum-rights-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'rights');
  await writeFile(file, text, { mode: 0o600 });
  return file;
};
