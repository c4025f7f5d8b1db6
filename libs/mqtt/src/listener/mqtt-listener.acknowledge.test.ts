import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, ids, publishPacket, rawConnected, rawTcp } from '../testing/raw-client.ts';

describe('an acknowledgement', () => {
  it('of QoS 1 leaves after the log has the message, in the order of the messages', async (t) => {
    const { listener, client } = await start(t);
    listener.log.hold();
    client.send(...[11, 7, 300].map((messageId) => publishPacket('a', `m${messageId}`, { messageId })));
    await listener.log.called(1);
    await roundTrip(t, listener.port); // Whatever could have been written by now has been.
    assert.deepEqual(client.waiting, []);
    listener.log.release();
    assert.deepEqual(await ids(client, 3), ['puback 11', 'puback 7', 'puback 300']);
    assert.deepEqual(listener.log.records.map(dataOf), ['m11', 'm7', 'm300']);
  });

  it('keeps nothing that comes behind its message from being taken, up to a bound', async (t) => {
    const { listener, client } = await start(t);
    listener.log.hold();
    const send = (...messageIds: readonly number[]): void =>
      client.send(...messageIds.map((messageId) => publishPacket('a', 'm'.repeat(10_000), { messageId })));
    const inHand = (): number => listener.ingest.load().inHandBytes;
    const taken = async (messages: number): Promise<void> => {
      while (inHand() < messages * 10_000) await roundTrip(t, listener.port);
    };
    send(1, 2, 3);
    await taken(3);
    send(4);
    await taken(4);
    send(5, 6, 7);
    await taken(7);
    const full = inHand();
    send(8);
    await roundTrip(t, listener.port);
    assert.equal(inHand(), full);
    listener.log.release();
    const expected = Array.from({ length: 8 }, (_, n) => `puback ${n + 1}`);
    assert.deepEqual(await ids(client, 8), expected);
  });

  it('keeps its order across many batches and many clients', async (t) => {
    const listener = await opened(t, { ingestLimits: { batchRecordsMax: 7 } });
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, n) => rawConnected(listener.port, { clientId: `c${n}` })),
    );
    for (let round = 0; round < 10; round += 1) {
      for (const client of clients) {
        const messageIds = Array.from({ length: 5 }, (_, n) => round * 5 + n + 1);
        client.send(...messageIds.map((messageId) => publishPacket('a', `${messageId}`, { messageId })));
      }
    }
    const expected = Array.from({ length: 50 }, (_, n) => `puback ${n + 1}`);
    for (const client of clients) assert.deepEqual(await ids(client, 50), expected);
    assert.equal(listener.log.records.length, 1000);
    for (const client of clients) client.kill();
  });

  it('of a message that cannot be understood leaves when it is in quarantine', async (t) => {
    const { listener, client } = await start(t);
    client.send(publishPacket('a', '!what'));
    assert.deepEqual(await ids(client, 1), ['puback 1']);
    assert.deepEqual(listener.log.records.map(dataOf), [
      { clientId: 'raw', code: 'shouting', text: '!what', length: 5 },
    ]);
  });

  it('is not needed for QoS 0, which is recorded all the same, even from a client that leaves at once', async (t) => {
    const { listener, client } = await start(t);
    client.send(...Array.from({ length: 500 }, (_, n) => publishPacket('a', `m${n}`, { qos: 0 })), {
      cmd: 'disconnect',
    });
    client.socket.end();
    await listener.log.holds(500);
    assert.deepEqual(
      listener.log.records.map(dataOf),
      Array.from({ length: 500 }, (_, n) => `m${n}`),
    );
  });

  it('of QoS 2: PUBREC after the log has it, and a second copy before PUBREL is not recorded', async (t) => {
    const { listener, client } = await start(t);
    listener.log.hold();
    client.send(publishPacket('a', 'once', { qos: 2, messageId: 9 }));
    await listener.log.called(1);
    client.send(publishPacket('a', 'once', { qos: 2, messageId: 9, dup: true }));
    await roundTrip(t, listener.port);
    assert.deepEqual(client.waiting, []);
    listener.log.release();
    assert.deepEqual(await ids(client, 2), ['pubrec 9', 'pubrec 9']);
    client.send(publishPacket('a', 'once', { qos: 2, messageId: 9, dup: true }));
    assert.deepEqual(await ids(client, 1), ['pubrec 9']);
    client.send({ cmd: 'pubrel', messageId: 9 });
    assert.deepEqual(await ids(client, 1), ['pubcomp 9']);
    assert.deepEqual(listener.log.records.map(dataOf), ['once']);
    // The id is free again: the same id with the same bytes is another message now.
    client.send(publishPacket('a', 'once', { qos: 2, messageId: 9 }));
    assert.deepEqual(await ids(client, 1), ['pubrec 9']);
    assert.deepEqual(listener.log.records.map(dataOf), ['once', 'once']);
    assert.equal(listener.ingest.balance().dropped['qos2-duplicate'], 2);
  });

  it('of QoS 2 sent again on a new connection of the same session is recorded once', async (t) => {
    const listener = await opened(t);
    const first = await rawConnected(listener.port, { clean: false });
    first.send(publishPacket('a', 'once', { qos: 2, messageId: 4 }));
    assert.deepEqual(await ids(first, 1), ['pubrec 4']);
    first.kill();
    await first.closed;
    const second = await rawConnected(listener.port, { clean: false });
    second.send(publishPacket('a', 'once', { qos: 2, messageId: 4, dup: true }), { cmd: 'pubrel', messageId: 4 });
    assert.deepEqual(await ids(second, 2), ['pubrec 4', 'pubcomp 4']);
    assert.equal(listener.log.records.length, 1);
    second.kill();
  });

  it('goes to nobody when its client was killed; the counters say what became of the messages', async (t) => {
    const { listener, client } = await start(t);
    listener.log.hold();
    client.send(publishPacket('a', 'in flight', { messageId: 1 }));
    await listener.log.called(1);
    client.send(publishPacket('a', 'queued', { messageId: 2 }), publishPacket('a', 'queued', { messageId: 3 }));
    while (listener.ingest.balance().received < 3) await new Promise((resolve) => setImmediate(resolve));
    const again = await rawConnected(listener.port); // The same client id takes over.
    await client.closed;
    listener.log.release();
    again.send(publishPacket('a', 'queued', { messageId: 2, dup: true }), publishPacket('a', 'new', { messageId: 4 }));
    assert.deepEqual(await ids(again, 2), ['puback 2', 'puback 4']);
    const { received, appended, dropped, inHand } = listener.ingest.balance();
    assert.equal(received, appended + dropped['connection-closed']);
    assert.equal(inHand, 0);
    assert.equal(dropped['connection-closed'], 2);
    assert.deepEqual(listener.log.records.map(dataOf), ['in flight', 'queued', 'new']);
    // An answer to a closed client would be an error to Aedes, and counted as one of the client's.
    assert.equal(listener.counts().clientErrors, 0);
    again.kill();
  });

  it('cannot reach a client that has hung up, but what it had sent by then is recorded', async (t) => {
    const { listener, client } = await start(t);
    listener.log.hold();
    let sent = 0;
    for (const messages of [1, 100, 50]) {
      const from = sent;
      client.send(...Array.from({ length: messages }, (_, n) => publishPacket('a', 'm', { messageId: from + n + 1 })));
      sent += messages;
      while (listener.ingest.balance().received < sent) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.end();
    await client.closed;
    await roundTrip(t, listener.port);
    listener.log.release();
    await listener.log.holds(151);
  });

  it('of packets sent behind the CONNECT without waiting comes in order, however many there are', async (t) => {
    const listener = await opened(t);
    const client = rawTcp(listener.port);
    const messageIds = Array.from({ length: 200 }, (_, n) => n + 1);
    client.send(connectPacket(), ...messageIds.map((messageId) => publishPacket('a', 'x', { messageId })));
    assert.equal((await client.next()).cmd, 'connack');
    assert.deepEqual(
      await ids(client, 200),
      messageIds.map((id) => `puback ${id}`),
    );
    client.kill();
  });
});

const start = async (t: TestContext) => {
  const listener = await opened(t);
  const client = await rawConnected(listener.port);
  t.after(() => client.kill());
  return { listener, client };
};

/** A ping of another client: the broker has been through its event loop since. */
const roundTrip = async (t: TestContext, port: number): Promise<void> => {
  const client = await rawConnected(port, { clientId: 'pinging' });
  t.after(() => client.kill());
  client.send({ cmd: 'pingreq' });
  assert.equal((await client.next()).cmd, 'pingresp');
};
