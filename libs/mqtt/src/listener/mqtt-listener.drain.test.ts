import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import { testListener } from '../testing/listener-under-test.ts';
import { ids, publishPacket, rawConnected, rawTcp } from '../testing/raw-client.ts';

describe('closing the listener', () => {
  it('finishes and acknowledges what arrived, then closes; the counters balance', async () => {
    const listener = await testListener();
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, n) => rawConnected(listener.port, { clientId: `c${n}` })),
    );
    listener.log.hold();
    const messageIds = Array.from({ length: 300 }, (_, n) => n + 1);
    for (const client of clients) {
      client.send(...messageIds.map((messageId) => publishPacket('a', 'x'.repeat(200), { messageId })));
    }
    while (listener.ingest.balance().received < 300) await new Promise((resolve) => setImmediate(resolve));
    const closed = listener.close();
    listener.log.release();
    await closed;
    await Promise.all(clients.map((client) => client.closed));
    const acknowledged = clients.map(({ waiting }) => waiting.map(({ messageId }) => messageId));
    for (const list of acknowledged) assert.deepEqual(list, messageIds.slice(0, list.length));
    const { received, appended, inHand } = listener.ingest.balance();
    assert.equal(acknowledged.flat().length, appended);
    assert.equal(received, appended);
    assert.equal(inHand, 0);
    assert.ok(received >= 300);
    await listener.ingest.finished;
  });

  it('lets no one new in, and says nothing on behalf of devices that are still there', async () => {
    const listener = await testListener();
    const will = { topic: 'n/status', payload: Buffer.from('offline'), qos: 1, retain: false } as const;
    const client = await rawConnected(listener.port, { will });
    await listener.close();
    await client.closed;
    assert.equal(listener.ingest.balance().received, 0);
    const late = rawTcp(listener.port);
    await late.closed;
    assert.deepEqual(late.waiting, []);
  });

  it('gives up when the log stays away, and acknowledges nothing then', async () => {
    const listener = await testListener({ limits: { drainTimeoutMs: 200 } });
    const client = await rawConnected(listener.port);
    listener.log.fail();
    client.send(publishPacket('a', 'm'));
    await listener.log.called(1);
    await listener.close();
    await client.closed;
    assert.deepEqual(client.waiting, []);
    const { received, dropped, inHand } = listener.ingest.balance();
    assert.deepEqual([received, dropped.unsafe, inHand], [1, 1, 0]);
  });

  it('does not wait for the rest of a packet', async () => {
    const listener = await testListener();
    const client = await rawConnected(listener.port);
    client.send(publishPacket('a', 'whole', { messageId: 1 }), Buffer.from([0x32, 100, 0, 1, 97]));
    assert.deepEqual(await ids(client, 1), ['puback 1']);
    await listener.close();
    assert.deepEqual(listener.log.records.map(dataOf), ['whole']);
  });
});
