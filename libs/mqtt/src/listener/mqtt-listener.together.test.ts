import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemTimer, type Timer } from '@plenum/runtime';
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

  it('is read in order when more comes and the time for it is over, though nobody has noticed yet', async (t) => {
    const { client, subscriber, late } = await withLateTimer(t);
    client.send(...['one', 'two'].map((text) => publishPacket('a', text, { qos: 0 })));
    await late();
    client.send(publishPacket('a', 'three', { qos: 0 }));
    const heard = [await subscriber.next(), await subscriber.next(), await subscriber.next()];
    assert.deepEqual(
      heard.map((packet) => packet.cmd === 'publish' && packet.payload.toString()),
      ['one', 'two', 'three'],
    );
    for (const one of [client, subscriber]) one.kill();
  });

  it('is not served behind a topic that is none', async (t) => {
    const { client, subscriber, late } = await withLateTimer(t);
    client.send(publishPacket('a\0', 'x', { messageId: 2 }));
    await late();
    client.send({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'a', qos: 0 }] });
    await client.closed;
    assert.deepEqual(client.waiting, []);
    subscriber.kill();
  });

  it('includes no client that has just come', async (t) => {
    const { listener } = await withOneWaiting(t, 1);
    const late = await rawConnected(listener.port, { clientId: 'late' });
    late.kill();
  });
});

/** The first is in the log. A minute later another append may begin, but the timer that says so is late. */
const withLateTimer = async (t: TestContext) => {
  let nowMs = 0;
  const timer: Timer = { ...systemTimer, nowMs: () => nowMs, after: () => () => undefined };
  const listener = await opened(t, { timer, ingestLimits: { intervalMs: 60_000 } });
  const [client, subscriber] = await Promise.all([
    rawConnected(listener.port),
    rawConnected(listener.port, { clientId: 'subscriber' }),
  ]);
  subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] });
  assert.deepEqual(await ids(subscriber, 1), ['suback 1']);
  client.send(publishPacket('b', 'first', { messageId: 1 }));
  assert.deepEqual(await ids(client, 1), ['puback 1']);
  const late = async (): Promise<void> => {
    // Whatever could have been read by now has been.
    (await rawConnected(listener.port, { clientId: 'other' })).kill();
    assert.equal(listener.ingest.balance().received, 1);
    nowMs = 60_000;
  };
  return { client, subscriber, late };
};

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
