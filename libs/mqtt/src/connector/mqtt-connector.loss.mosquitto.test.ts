/** Nothing is lost and nothing changes its order, whatever ends a connection or a process. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { mosquittoMissing, shippedConfiguration, testMosquitto } from '@plenum/local-mosquitto/testing';
import { dataOf, memoryLeaseTable } from '@plenum/runtime/testing';
import { openConnector, testLeases } from '../testing/connector-under-test.ts';
import { packetProxy } from '../testing/packet-proxy.ts';
import { publishMany } from '../testing/publish-many.ts';

describe('nothing is lost', { skip: mosquittoMissing, timeout: 300_000 }, () => {
  for (const protocol of [5, 4] as const) {
    it(`when the connection is cut behind every packet in turn (MQTT ${protocol === 5 ? '5' : '3.1.1'})`, async (t) => {
      const broker = await testMosquitto(t, { settings: ['max_inflight_messages 5'] });
      await createSession(t, broker.port);
      const sent = numbered(400);
      await publishMany(broker.port, sent);
      const cutsWanted = 60;
      const proxy = await packetProxy(t, broker.port, (n) => (n < cutsWanted ? n + 1 : undefined));
      const connector = openConnector(t, {
        url: `mqtt://127.0.0.1:${proxy.port}`,
        protocol,
        limits: { failuresMax: Number.POSITIVE_INFINITY },
      });
      // Messages come as long as there are cuts, so that every one of them finds something to cut.
      for (let more = 400; proxy.cuts() < cutsWanted; more += 10) {
        const next = numbered(10, more);
        sent.push(...next);
        await publishMany(broker.port, next);
      }
      sent.push(...numbered(1, sent.length));
      await publishMany(broker.port, sent.slice(-1));
      const last = sent.at(-1)?.payload;
      const texts = (): readonly unknown[] => connector.log.records.map(dataOf);
      for (let held = sent.length; texts().at(-1) !== last; held += 1) await connector.log.holds(held);
      assert.equal(proxy.cuts(), cutsWanted);
      assert.deepEqual(
        [...new Set(texts())],
        sent.map(({ payload }) => payload),
      );
      await connector.close();
      const { received, appended, dropped, inHand } = connector.ingest.balance();
      assert.equal(received, appended + dropped['connection-closed']);
      assert.equal(inHand, 0);
    });
  }

  it('of 100,000 messages that waited while nobody was there, in the order of each device', async (t) => {
    const broker = await testMosquitto(t, { file: shippedConfiguration() });
    await createSession(t, broker.port);
    const devices = 50;
    const messages = 100_000;
    await publishMany(
      broker.port,
      (function* () {
        for (let n = 0; n < messages; n += 1) yield { topic: `t/${n % devices}`, payload: `${n}` };
      })(),
    );
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}` });
    await connector.log.holds(messages);
    const seen = new Map<string, number>();
    for (const record of connector.log.records) {
      const before = seen.get(record.key) ?? Number(record.key.slice(2)) - devices;
      assert.equal(Number(dataOf(record)), before + devices, record.key);
      seen.set(record.key, before + devices);
    }
    assert.equal(connector.log.records.length, messages);
    assert.equal(seen.size, devices);
    assert.deepEqual(connector.counts(), { opened: 1, openedWithoutSession: 0, ended: 0, redelivered: 0 });
  });

  it('when the broker is stopped for a while and goes on: by the same connection, and nothing comes again', async (t) => {
    const broker = await testMosquitto(t, { file: shippedConfiguration() });
    const limits = { pingMs: 100, silentMs: 10_000 };
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}`, limits });
    await connector.is('open');
    const sent = numbered(5000);
    const publishing = publishMany(broker.port, sent);
    await connector.log.holds(500);
    broker.freeze();
    // Twenty times as long as the broker has for its answer.
    await setTimeout(2000);
    broker.thaw();
    await publishing;
    await connector.log.holds(5000);
    assert.deepEqual(
      connector.log.records.map(dataOf),
      sent.map(({ payload }) => payload),
    );
    assert.deepEqual(connector.counts(), { opened: 1, openedWithoutSession: 1, ended: 0, redelivered: 0 });
  });

  it('when the broker is stopped for longer than it may: it is left, and found again', async (t) => {
    const broker = await testMosquitto(t, { file: shippedConfiguration() });
    const limits = { pingMs: 50, silentMs: 300, connectTimeoutMs: 300, failuresMax: Number.POSITIVE_INFINITY };
    const connector = openConnector(t, { url: `mqtt://127.0.0.1:${broker.port}`, limits });
    await connector.is('open');
    const left = connector.becomes('connecting');
    broker.freeze();
    await left;
    broker.thaw();
    await connector.is('open');
    await publishMany(broker.port, numbered(100));
    await connector.log.holds(100);
    assert.equal(connector.counts().redelivered, 0);
  });

  it('when the session moves to the one who stood by, and back', async (t) => {
    const broker = await testMosquitto(t);
    const table = memoryLeaseTable();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const first = openConnector(t, { url, leases: testLeases(table) });
    await first.is('open');
    const second = openConnector(t, { url, leases: testLeases(table) });
    const sent = numbered(300);
    await publishMany(broker.port, sent.slice(0, 100));
    await first.log.holds(100);
    assert.equal(second.state(), 'standing-by');
    await first.close();
    await publishMany(broker.port, sent.slice(100, 200));
    await second.log.holds(100);
    const third = openConnector(t, { url, leases: testLeases(table) });
    await second.close();
    await publishMany(broker.port, sent.slice(200));
    await third.log.holds(100);
    assert.deepEqual(
      [first, second, third].flatMap(({ log }) => log.records.map(dataOf)),
      sent.map(({ payload }) => payload),
    );
  });

  it('when a lease is lost: its holder takes nothing more, and the other goes on where it stopped', async (t) => {
    const broker = await testMosquitto(t);
    const table = memoryLeaseTable();
    const store = table.open();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const first = openConnector(t, { url, leases: testLeases({ open: () => store }, 3000) });
    await first.is('open');
    const second = openConnector(t, { url, leases: testLeases(table) });
    const sent = numbered(200);
    first.log.hold();
    await publishMany(broker.port, sent.slice(0, 100));
    await first.log.called(1);
    const closed = first.becomes('standing-by');
    store.cut();
    await second.is('open');
    await closed;
    await publishMany(broker.port, sent.slice(100));
    await second.log.holds(200);
    assert.deepEqual(
      second.log.records.map(dataOf),
      sent.map(({ payload }) => payload),
    );
    first.log.release();
  });
});

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ topic: `t/${(from + n) % 3}`, payload: `${from + n}` }));

/** What a first start of Plenum leaves at the broker. */
const createSession = async (t: Parameters<typeof openConnector>[0], port: number): Promise<void> => {
  const connector = openConnector(t, { url: `mqtt://127.0.0.1:${port}` });
  await connector.is('open');
  await connector.close();
};
