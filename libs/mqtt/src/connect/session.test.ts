/** What the door says and when, before a broker that does what the test tells it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Lease, Leases } from '@plenum/runtime';
import { dataOf } from '@plenum/runtime/testing';
import type { Packet } from 'mqtt-packet';
import { openConnectDoor } from '../testing/connect-door-under-test.ts';
import { testDoor } from '../testing/door-under-test.ts';
import { ids, publishPacket, type RawClient, rawSocket } from '../testing/raw-client.ts';

describe('an acknowledgement to the broker', () => {
  it('leaves after the log has the message, in the order of the messages', async (t) => {
    const { door, connection } = await opened(t);
    door.log.hold();
    connection.send(...[11, 7, 300].map((messageId) => publishPacket('t', `m${messageId}`, { messageId })));
    await door.log.called(1);
    await pinged(connection);
    assert.deepEqual(connection.waiting, []);
    door.log.release();
    assert.deepEqual(await ids(connection, 3), ['puback 11', 'puback 7', 'puback 300']);
    assert.deepEqual(door.log.records.map(dataOf), ['m11', 'm7', 'm300']);
  });

  it('keeps that order when what is behind is safe before', async (t) => {
    const budget = { messages: 1, messagesPerSecond: 0.001, bytes: 1000, bytesPerSecond: 1 };
    const { door, connection } = await opened(t, { ingestLimits: { budget, discardIntervalMs: 100 } });
    const texts = ['!kept', '!counted', '!counted later', 'fine', 'fine too'];
    connection.send(...texts.map((text, n) => publishPacket('t', text, { messageId: n + 1 })));
    assert.deepEqual(await ids(connection, 5), ['puback 1', 'puback 2', 'puback 3', 'puback 4', 'puback 5']);
    assert.equal(door.ingest.sums().discarded, 2);
  });

  it('of QoS 2 is a PUBREC after the log has it, and a PUBCOMP', async (t) => {
    const { door, connection } = await opened(t);
    connection.send(publishPacket('t', 'twice', { qos: 2, messageId: 9 }));
    assert.deepEqual(await ids(connection, 1), ['pubrec 9']);
    assert.equal(door.log.records.length, 1);
    connection.send({ cmd: 'pubrel', messageId: 9 });
    assert.deepEqual(await ids(connection, 1), ['pubcomp 9']);
  });

  it('goes to nobody when the connection is gone; the broker sends again, and the sums say so', async (t) => {
    const { door, broker, connection } = await opened(t);
    door.log.hold();
    connection.send(publishPacket('t', 'in flight', { messageId: 1 }));
    await door.log.called(1);
    connection.send(publishPacket('t', 'queued', { messageId: 2 }));
    await pinged(connection);
    connection.kill();
    const again = await broker.accept();
    door.log.release();
    again.send(publishPacket('t', 'queued', { messageId: 2, dup: true }));
    assert.deepEqual(await ids(again, 1), ['puback 2']);
    const { received, appended, dropped, inHand } = door.ingest.sums();
    assert.deepEqual(
      { received, appended, dropped: dropped['connection-closed'], inHand },
      { received: 3, appended: 2, dropped: 1, inHand: 0 },
    );
  });

  it('of what had arrived leaves before the goodbye when the door closes', async (t) => {
    const { door, connection } = await opened(t);
    door.log.hold();
    connection.send(publishPacket('t', 'last', { messageId: 1 }));
    await door.log.called(1);
    const closing = door.close();
    door.log.release();
    assert.deepEqual(await ids(connection, 2), ['puback 1', 'disconnect ']);
    connection.socket.end();
    await closing;
    assert.equal(door.state(), 'closed');
  });
});

describe('once the lease is over, though nothing has told us yet', () => {
  it('nothing more is taken', async (t) => {
    const lease = heldLease();
    const { door, connection } = await opened(t, { leases: lease.leases });
    lease.end();
    connection.send(publishPacket('t', 'too late'));
    await connection.closed;
    assert.deepEqual(connection.waiting, []);
    assert.equal(door.ingest.sums().received, 0);
  });

  it('nothing more is acknowledged, and what was not sent to the log yet is let go', async (t) => {
    const lease = heldLease();
    const { door, connection } = await opened(t, { leases: lease.leases });
    door.log.hold();
    connection.send(publishPacket('t', 'in the append', { messageId: 1 }));
    await door.log.called(1);
    connection.send(publishPacket('t', 'behind it', { messageId: 2 }));
    await pinged(connection);
    lease.end();
    door.log.release();
    await connection.closed;
    assert.deepEqual(connection.waiting, []);
    assert.deepEqual(door.log.records.map(dataOf), ['in the append']);
  });
});

describe('the session', () => {
  it('is asked for with QoS 1, to be kept, and without a size beyond which messages would vanish', async (t) => {
    const broker = await fakeBroker(t);
    openConnectDoor(t, { url: broker.url, filters: ['a/+', 'b/#'], credentials: { username: 'u', password: 'p' } });
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

  it('is opened with MQTT 3.1.1 at a broker that has no 5, as Aedes is', async (t) => {
    const listening = await testDoor();
    t.after(() => t.after(listening.close));
    const door = openConnectDoor(t, { url: `mqtt://127.0.0.1:${listening.port}` });
    await door.is('open');
    assert.equal(door.protocol(), 4);
    assert.equal(door.counts().ended, 0);
  });

  it('is not open where QoS 1 is not granted', async (t) => {
    const broker = await fakeBroker(t);
    const door = openConnectDoor(t, { url: broker.url, protocol: 4 });
    const connection = rawSocket(await broker.socket());
    await connection.next();
    connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
    const subscribe = await connection.next();
    connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [0] });
    await connection.closed;
    assert.equal(door.counts().opened, 0);
  });

  it('is opened anew when the broker goes silent', async (t) => {
    const { broker, connection } = await opened(t, { limits: { keepaliveMs: 200 } });
    assert.equal((await connection.next()).cmd, 'pingreq');
    await connection.closed;
    await broker.accept();
  });
});

/** A lease that is over when the test says so, and whose holder hears of it by looking alone. */
const heldLease = (): { readonly leases: Leases; end(): void } => {
  let held = true;
  const lease: Lease = {
    epoch: 1n,
    isHeld: () => held,
    lost: new AbortController().signal,
    release: async () => undefined,
  };
  const stopped = (stop: AbortSignal): Promise<undefined> =>
    new Promise((resolve) => {
      stop.addEventListener('abort', () => resolve(undefined));
      if (stop.aborted) resolve(undefined);
    });
  return {
    leases: { acquire: async (_name, stop) => (held ? lease : stopped(stop)) },
    end: () => {
      held = false;
    },
  };
};

type Broker = {
  readonly url: string;
  /** The next connection. */
  socket(): Promise<Socket>;
  /** The next connection, let in and subscribed. */
  accept(): Promise<RawClient>;
};

const fakeBroker = async (t: TestContext): Promise<Broker> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
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
    accept: async () => {
      const connection = rawSocket(await socket());
      await connection.next();
      connection.send({ cmd: 'connack', returnCode: 0, sessionPresent: true });
      const subscribe = await connection.next();
      connection.send({ cmd: 'suback', messageId: subscribe.messageId ?? 0, granted: [1] });
      return connection;
    },
  };
};

const opened = async (t: TestContext, options: Omit<Parameters<typeof openConnectDoor>[1], 'url'> = {}) => {
  const broker = await fakeBroker(t);
  const door = openConnectDoor(t, { url: broker.url, protocol: 4, ...options });
  const connection = await broker.accept();
  t.after(() => connection.kill());
  await door.is('open');
  return { broker, door, connection };
};

/** A PUBREL is answered whatever the log does: what was sent before it has been read. */
const pinged = async (connection: RawClient): Promise<void> => {
  const release: Packet = { cmd: 'pubrel', messageId: 60_000 };
  connection.send(release);
  assert.deepEqual(await ids(connection, 1), ['pubcomp 60000']);
};
