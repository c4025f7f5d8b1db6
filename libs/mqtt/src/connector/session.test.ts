/** What the connector says and when, before a broker that does what the test asks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Lease, Leases, Translator } from '@plenum/runtime';
import { dataOf, plainTranslator } from '@plenum/runtime/testing';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { openConnector } from '../testing/connector-under-test.ts';
import { ids, publishPacket, type RawClient, rawSocket } from '../testing/raw-client.ts';

describe('an acknowledgement to the broker', () => {
  it('leaves after the log has the message, in the order of the messages', async (t) => {
    const { connector, connection } = await opened(t);
    connector.log.hold();
    connection.send(...[11, 7, 300].map((messageId) => publishPacket('t', `m${messageId}`, { messageId })));
    await connector.log.called(1);
    await pinged(connection);
    assert.deepEqual(connection.waiting, []);
    connector.log.release();
    assert.deepEqual(await ids(connection, 3), ['puback 11', 'puback 7', 'puback 300']);
    assert.deepEqual(connector.log.records.map(dataOf), ['m11', 'm7', 'm300']);
  });

  it('keeps that order when what is behind is safe before', async (t) => {
    const budget = { messages: 1, messagesPerSecond: 0.001, bytes: 1000, bytesPerSecond: 1 };
    const { connector, connection } = await opened(t, { ingestLimits: { budget, discardIntervalMs: 100 } });
    const texts = ['!kept', '!counted', '!counted later', 'fine', 'fine too'];
    connection.send(...texts.map((text, n) => publishPacket('t', text, { messageId: n + 1 })));
    assert.deepEqual(await ids(connection, 5), ['puback 1', 'puback 2', 'puback 3', 'puback 4', 'puback 5']);
    assert.equal(connector.ingest.balance().discarded, 2);
  });

  it('of QoS 2 is a PUBREC after the log has it, and a PUBCOMP', async (t) => {
    const { connector, connection } = await opened(t);
    connection.send(publishPacket('t', 'twice', { qos: 2, messageId: 9 }));
    assert.deepEqual(await ids(connection, 1), ['pubrec 9']);
    assert.equal(connector.log.records.length, 1);
    connection.send({ cmd: 'pubrel', messageId: 9 });
    assert.deepEqual(await ids(connection, 1), ['pubcomp 9']);
  });

  it('goes to nobody when the connection is gone; the broker sends again, and the counters say so', async (t) => {
    const { connector, broker, connection } = await opened(t);
    connector.log.hold();
    connection.send(publishPacket('t', 'in flight', { messageId: 1 }));
    await connector.log.called(1);
    connection.send(publishPacket('t', 'queued', { messageId: 2 }));
    await pinged(connection);
    connection.kill();
    const again = await broker.accept();
    connector.log.release();
    again.send(publishPacket('t', 'queued', { messageId: 2, dup: true }));
    assert.deepEqual(await ids(again, 1), ['puback 2']);
    const { received, appended, dropped, inHand } = connector.ingest.balance();
    assert.deepEqual(
      { received, appended, dropped: dropped['connection-closed'], inHand },
      { received: 3, appended: 2, dropped: 1, inHand: 0 },
    );
  });

  it('of what had arrived leaves before the goodbye when the connector closes', async (t) => {
    const { connector, connection } = await opened(t);
    connector.log.hold();
    connection.send(publishPacket('t', 'last', { messageId: 1 }));
    await connector.log.called(1);
    const closing = connector.close();
    connector.log.release();
    assert.deepEqual(await ids(connection, 2), ['puback 1', 'disconnect ']);
    connection.socket.end();
    await closing;
    assert.equal(connector.state(), 'closed');
  });
});

describe('once the lease is over, though we have not heard so yet', () => {
  it('nothing more is taken', async (t) => {
    const lease = heldLease();
    const { connector, connection } = await opened(t, { leases: lease.leases });
    lease.end();
    connection.send(publishPacket('t', 'too late'));
    await connection.closed;
    assert.deepEqual(connection.waiting, []);
    assert.equal(connector.ingest.balance().received, 0);
  });

  it('nothing more is acknowledged, and what was not sent to the log yet is let go', async (t) => {
    const lease = heldLease();
    const { connector, connection } = await opened(t, { leases: lease.leases });
    connector.log.hold();
    connection.send(publishPacket('t', 'in the append', { messageId: 1 }));
    await connector.log.called(1);
    connection.send(publishPacket('t', 'behind it', { messageId: 2 }));
    await pinged(connection);
    lease.end();
    connector.log.release();
    await connection.closed;
    assert.deepEqual(connection.waiting, []);
    assert.deepEqual(connector.log.records.map(dataOf), ['in the append']);
  });
});

describe('the session', () => {
  it('is asked for with QoS 1, to be kept, and without a size beyond which messages would vanish', async (t) => {
    const broker = await fakeBroker(t);
    openConnector(t, { url: broker.url, filters: ['a/+', 'b/#'], credentials: { username: 'u', password: 'p' } });
    const connection = rawSocket(await broker.socket(), 4);
    const connect = await connection.next();
    assert.ok(connect.cmd === 'connect');
    const { clean, clientId, protocolVersion, username, password, properties } = connect;
    assert.deepEqual(
      { clean, clientId, protocolVersion, username, password: password?.toString(), properties },
      {
        ...{ clean: false, clientId: 'plenum', protocolVersion: 5, username: 'u', password: 'p' },
        properties: { sessionExpiryInterval: 0xff_ff_ff_ff, receiveMaximum: 2000 },
      },
    );
    connection.kill();
  });

  it('is opened with MQTT 3.1.1 at a broker that has no 5', async (t) => {
    const broker = await fakeBroker(t);
    const connector = openConnector(t, { url: broker.url });
    const refused = rawSocket(await broker.socket(), 4);
    await refused.next();
    refused.send({ cmd: 'connack', returnCode: 1, sessionPresent: false });
    const connection = rawSocket(await broker.socket(), 4);
    const connect = await connection.next();
    assert.equal(connect.cmd === 'connect' && connect.protocolVersion, 4);
    connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    const subscribe = await connection.next();
    connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [1] });
    await connector.is('open');
    assert.equal(connector.protocol(), 4);
    assert.equal(connector.counts().ended, 0);
  });

  it('is not open where QoS 1 is not granted', async (t) => {
    const broker = await fakeBroker(t);
    const connector = openConnector(t, { url: broker.url, protocol: 4 });
    const connection = rawSocket(await broker.socket());
    await connection.next();
    connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    const subscribe = await connection.next();
    connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [0] });
    await connection.closed;
    assert.equal(connector.counts().opened, 0);
  });

  it('is opened anew when the broker sends nothing for longer than it may', async (t) => {
    const { broker, connection } = await opened(t, { limits: { pingMs: 50, silentMs: 200 } });
    // One ping less would be within the time, and behind the last nothing came.
    for (let pings = 0; pings < 4; pings += 1) assert.equal((await connection.next()).cmd, 'pingreq');
    await connection.closed;
    await broker.accept();
  });

  it('stays open with a broker that owes every PINGRESP and still delivers, a byte now and then', async (t) => {
    const { connector, connection } = await opened(t, { limits: { pingMs: 20, silentMs: 60 } });
    const packet = mqttPacket.generate(publishPacket('t', 'slow'.repeat(10), { messageId: 5 }));
    for (const byte of packet.subarray(0, -1)) {
      assert.equal((await connection.next()).cmd, 'pingreq');
      connection.send(Uint8Array.of(byte));
    }
    connection.send(packet.subarray(-1));
    while ((await connection.next()).cmd !== 'puback');
    assert.deepEqual([connector.log.records.length, connector.counts().ended], [1, 0]);
  });

  it('is pinged at least as often as the broker wants to hear from us, and at most by the limit', async (t) => {
    const broker = await fakeBroker(t);
    openConnector(t, { url: broker.url, limits: { pingMs: 20, silentMs: 60_000 } });
    const connection = rawSocket(await broker.socket(), 5);
    await connection.next();
    connection.send({
      ...{ cmd: 'connack', reasonCode: 0, sessionPresent: true, properties: { serverKeepAlive: 600 } },
    });
    const subscribe = await connection.next();
    connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [1] });
    for (let pings = 0; pings < 3; pings += 1) assert.equal((await connection.next()).cmd, 'pingreq');
    connection.kill();
  });
});

describe('a message that the broker sends again after a reconnect', () => {
  it('is what it was the first time, whether it was acknowledged or not', async (t) => {
    const { connector, broker, connection, arrived } = await observed(t);
    connection.send(publishPacket('t', 'acknowledged', { messageId: 1 }));
    assert.deepEqual(await ids(connection, 1), ['puback 1']);
    connector.log.hold();
    connection.send(publishPacket('t', 'in hand', { messageId: 2 }));
    await connector.log.called(2);
    connection.kill();
    const again = await broker.accept();
    connector.log.release();
    again.send(publishPacket('t', 'acknowledged', { messageId: 1, dup: true }));
    again.send(publishPacket('t', 'in hand', { messageId: 2, dup: true }));
    assert.deepEqual(await ids(again, 2), ['puback 1', 'puback 2']);
    assert.deepEqual(arrived(), [1, 2, 1, 2]);
    assert.equal(connector.counts().redelivered, 2);
  });

  it('is another one when it has other bytes, or no mark, or when the broker was seen to have our PUBACK', async (t) => {
    const { broker, connection, arrived } = await observed(t, {
      limits: { pingMs: 50 },
      ingestLimits: { intervalMs: 0 },
    });
    connection.send(...['a', 'b', 'c'].map((text, n) => publishPacket('t', text, { messageId: n + 1 })));
    assert.deepEqual(await ids(connection, 3), ['puback 1', 'puback 2', 'puback 3']);
    connection.kill();
    const again = await broker.accept();
    again.send(publishPacket('t', 'other', { messageId: 1, dup: true }), publishPacket('t', 'b', { messageId: 2 }));
    assert.deepEqual(await ids(again, 2), ['puback 1', 'puback 2']);
    assert.equal((await again.next()).cmd, 'pingreq');
    again.send({ cmd: 'pingresp' }, publishPacket('t', 'c', { messageId: 3, dup: true }));
    while ((await again.next()).cmd !== 'puback');
    again.kill();
    assert.deepEqual(arrived(), [1, 2, 3, 4, 5, 6]);
  });

  it('is another one when the broker has lost the session', async (t) => {
    const { broker, connection, arrived } = await observed(t);
    connection.send(publishPacket('t', 'a', { messageId: 1 }));
    assert.deepEqual(await ids(connection, 1), ['puback 1']);
    connection.kill();
    const again = await broker.accept({ sessionPresent: false });
    again.send(publishPacket('t', 'a', { messageId: 1, dup: true }));
    assert.deepEqual(await ids(again, 1), ['puback 1']);
    assert.deepEqual(arrived(), [1, 2]);
  });

  it('is the same when our lease was lost and taken again, and another one when another process had it since', async (t) => {
    for (const [nextEpoch, expected] of [
      [2n, [1, 1]],
      [3n, [1, 2]],
    ] as const) {
      const first = heldLease();
      const next = heldLease(nextEpoch);
      const turns = [first.leases, next.leases];
      const leases: Leases = {
        acquire: async (...asked) => (await turns.shift()?.acquire(...asked)) ?? stopped(asked[1]),
      };
      const { broker, connection, arrived } = await observed(t, { leases });
      connection.send(publishPacket('t', 'a', { messageId: 1 }));
      assert.deepEqual(await ids(connection, 1), ['puback 1']);
      first.end();
      connection.kill();
      const again = await broker.accept({ sessionPresent: true, subscribes: true });
      again.send(publishPacket('t', 'a', { messageId: 1, dup: true }));
      assert.deepEqual(await ids(again, 1), ['puback 1']);
      assert.deepEqual(arrived(), expected);
    }
  });
});

/** Says of every message which one it is, counted from 1: the same number for the same event. */
const observed = async (t: TestContext, options: Parameters<typeof opened>[1] = {}) => {
  const numbers: string[] = [];
  let made = 0;
  const translator: Translator = {
    ...plainTranslator,
    translate: (message) => {
      const { arrival } = message;
      if (arrival === undefined) return assert.fail('everything comes with QoS 1');
      arrival.id ??= String((made += 1));
      numbers.push(arrival.id);
      return plainTranslator.translate(message);
    },
  };
  return { ...(await opened(t, { translator, ...options })), arrived: () => numbers.map(Number) };
};

/** A lease that is over when the test says so, and whose holder hears of it by looking alone. */
const heldLease = (epoch = 1n): { readonly leases: Leases; end(): void } => {
  let held = true;
  const lease: Lease = {
    epoch,
    isHeld: () => held,
    lost: new AbortController().signal,
    release: async () => undefined,
  };
  return {
    leases: { acquire: async (_name, stop) => (held ? lease : stopped(stop)) },
    end: () => {
      held = false;
    },
  };
};

const stopped = (stop: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(undefined));
    if (stop.aborted) resolve(undefined);
  });

type Broker = {
  readonly url: string;
  /** The next connection. */
  socket(): Promise<Socket>;
  /** The next connection, let in and subscribed. */
  accept(session?: { readonly sessionPresent: boolean; readonly subscribes?: boolean }): Promise<RawClient>;
};

const fakeBroker = async (t: TestContext): Promise<Broker> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let subscribed = false;
  const waiting: Socket[] = [];
  const asking: ((socket: Socket) => void)[] = [];
  server.on('connection', (socket) => {
    const ask = asking.shift();
    if (ask === undefined) waiting.push(socket);
    else ask(socket);
  });
  t.after(() =>
    t.after(() => {
      server.close();
      for (const socket of waiting) socket.destroy();
    }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = (): Promise<Socket> => {
    const ready = waiting.shift();
    return ready === undefined ? new Promise((resolve) => asking.push(resolve)) : Promise.resolve(ready);
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    socket,
    accept: async ({ sessionPresent, subscribes = false } = { sessionPresent: true }) => {
      const connection = rawSocket(await socket());
      await connection.next();
      connection.send({ cmd: 'connack', returnCode: 0, sessionPresent });
      // Under one lease, a session that is still there was subscribed before.
      subscribed &&= sessionPresent && !subscribes;
      if (subscribed) return connection;
      subscribed = true;
      const subscribe = await connection.next();
      connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [1] });
      return connection;
    },
  };
};

const opened = async (t: TestContext, options: Omit<Parameters<typeof openConnector>[1], 'url'> = {}) => {
  const broker = await fakeBroker(t);
  const connector = openConnector(t, { url: broker.url, protocol: 4, ...options });
  const connection = await broker.accept();
  t.after(() => connection.kill());
  await connector.is('open');
  return { broker, connector, connection };
};

/** A PUBREL is answered whatever the log does: what was sent before it has been read. */
const pinged = async (connection: RawClient): Promise<void> => {
  const release: Packet = { cmd: 'pubrel', messageId: 60_000 };
  connection.send(release);
  assert.deepEqual(await ids(connection, 1), ['pubcomp 60000']);
};
