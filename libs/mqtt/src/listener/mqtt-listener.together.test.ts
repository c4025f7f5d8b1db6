import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import { opened } from '../testing/listener-under-test.ts';
import { ids, publishPacket, rawConnected } from '../testing/raw-client.ts';

describe('what waits to be read with others', () => {
  it('is taken though its connection ends before', async (t) => {
    const { listener, client } = await withOneWaiting(t, 0);
    client.socket.end();
    while (listener.log.records.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(listener.log.records.map(dataOf), ['first', 'second']);
  });

  it('is finished and acknowledged when the listener is closed', async (t) => {
    const { listener, client } = await withOneWaiting(t, 1);
    const closed = listener.close();
    assert.deepEqual(await ids(client, 1), ['puback 2']);
    await closed;
  });

  it('is not counted when another connection of the client has taken over', async (t) => {
    const { listener, client } = await withOneWaiting(t, 1);
    const other = await rawConnected(listener.port);
    await client.closed;
    const closed = listener.close();
    other.kill();
    await closed;
    const { received, inHand } = listener.ingest.balance();
    assert.deepEqual({ received, inHand }, { received: 1, inHand: 0 });
  });

  it('is taken as a whole when it is much', async (t) => {
    const listener = await opened(t, { ingestLimits: { intervalMs: 60_000, batchRecordsMax: 1 } });
    const client = await rawConnected(listener.port);
    client.send(publishPacket('a', 'first', { messageId: 1 }));
    assert.deepEqual(await ids(client, 1), ['puback 1']);
    client.send(publishPacket('a', 'x'.repeat(250_000), { messageId: 2 }));
    assert.deepEqual(await ids(client, 1), ['puback 2']);
    client.kill();
  });

  it('includes no client that has just come', async (t) => {
    const { listener } = await withOneWaiting(t, 1);
    const late = await rawConnected(listener.port, { clientId: 'late' });
    late.kill();
  });
});

/** The first is in the log, and for a minute no other append begins but with a full batch. */
const withOneWaiting = async (t: TestContext, qos: 0 | 1) => {
  const listener = await opened(t, { ingestLimits: { intervalMs: 60_000, batchRecordsMax: 1 } });
  const client = await rawConnected(listener.port);
  client.send(publishPacket('a', 'first', { messageId: 1 }));
  assert.deepEqual(await ids(client, 1), ['puback 1']);
  client.send(publishPacket('a', 'second', qos === 0 ? { qos } : { messageId: 2 }));
  // Whatever could have been read by now has been.
  (await rawConnected(listener.port, { clientId: 'other' })).kill();
  assert.equal(listener.ingest.balance().received, 1);
  return { listener, client };
};
