import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Translator } from '@plenum/runtime';
import { dataOf, plainTranslator } from '@plenum/runtime/testing';
import type { Packet } from 'mqtt-packet';
import { reason } from '../codec/reason-codes.ts';
import { openAccess } from '../server/access.ts';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, ids, publishPacket, type RawClient, rawConnected, rawTcp } from '../testing/raw-client.ts';

describe('as a broker', () => {
  it('delivers commands to who subscribed, after they are recorded', async (t) => {
    const listener = await opened(t);
    const device = await subscribed(listener.port, 'device', 'ceiling/commands/+');
    const operator = await rawConnected(listener.port, { clientId: 'operator' });
    operator.send(publishPacket('ceiling/commands/n1', '{"command":"calibrate"}'));
    assert.deepEqual(messageOf(await device.next()), ['ceiling/commands/n1', '{"command":"calibrate"}']);
    assert.deepEqual(listener.log.records.map(dataOf), ['{"command":"calibrate"}']);
    device.kill();
    operator.kill();
  });

  it('matches wildcards as MQTT says: # and + at the front do not see topics that begin with $', async (t) => {
    const listener = await opened(t);
    const all = await subscribed(listener.port, 'all', '#');
    const one = await subscribed(listener.port, 'one', '+/b');
    const parent = await subscribed(listener.port, 'parent', 'a/#');
    const publisher = await rawConnected(listener.port, { clientId: 'publisher' });
    publisher.send(
      ...['a/b', 'a', 'x/y/b', 'a/b/c'].map((topic, n) => publishPacket(topic, 'm', { messageId: n + 1 })),
    );
    // The broker itself says on $SYS that this client came; nobody hears of it.
    assert.deepEqual(await topics(all, 4), ['a/b', 'a', 'x/y/b', 'a/b/c']);
    assert.deepEqual(await topics(one, 1), ['a/b']);
    assert.deepEqual(await topics(parent, 3), ['a/b', 'a', 'a/b/c']); // `a/#` includes the parent.
    for (const client of [all, one, parent]) {
      client.send({ cmd: 'pingreq' });
      assert.equal((await client.next()).cmd, 'pingresp');
      client.kill();
    }
    publisher.kill();
  });

  it('refuses shared subscriptions and the broker’s own topics, and grants the rest of the request', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port, { clean: false });
    const subscriptions = ['$share/g/a/#', 'a', '$SYS/#', '#'].map((topic) => ({ topic, qos: 1 as const }));
    client.send({ cmd: 'subscribe', messageId: 5, subscriptions });
    const suback = await client.next();
    assert.deepEqual(suback.cmd === 'suback' && suback.granted, [128, 1, 128, 1]);
    assert.equal(listener.counts().refusedSubscriptions, 2);
    client.kill();
  });

  it('grants a connection only so many filters', async (t) => {
    const listener = await opened(t, { limits: { filtersMax: 2 } });
    const client = await rawConnected(listener.port);
    const subscriptions = ['a', 'b', 'c'].map((topic) => ({ topic, qos: 0 as const }));
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    const first = await client.next();
    assert.deepEqual(first.cmd === 'suback' && first.granted, [0, 0, 128]);
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a'] });
    assert.equal((await client.next()).cmd, 'unsuback');
    client.send({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'c', qos: 0 }] });
    const second = await client.next();
    assert.deepEqual(second.cmd === 'suback' && second.granted, [0]);
    client.kill();
  });

  it('closes who publishes on $SYS, spreads nothing of it, and keeps what was sent', async (t) => {
    const listener = await opened(t);
    const all = await subscribed(listener.port, 'all', '#');
    const client = await rawConnected(listener.port);
    client.send(publishPacket('$SYS/x/new/clients', 'all'));
    await client.closed;
    assert.deepEqual(client.waiting, []);
    await listener.log.holds(1);
    const [record] = listener.log.records.map(dataOf);
    assert.deepEqual(record, { clientId: 'raw', code: 'bad-topic', text: 'all', length: 3 });
    all.send({ cmd: 'pingreq' });
    assert.equal((await all.next()).cmd, 'pingresp');
    all.kill();
  });

  it('gives the retained message to who subscribes later, and forgets it when it is emptied', async (t) => {
    const listener = await opened(t);
    const publisher = await rawConnected(listener.port);
    publisher.send(publishPacket('a/kept', 'v1', { retain: true, messageId: 1 }));
    publisher.send(publishPacket('a/kept', 'v2', { retain: true, messageId: 2 }));
    await ids(publisher, 2);
    const late = await subscribed(listener.port, 'late', 'a/#');
    const packet = await late.next();
    assert.deepEqual([...messageOf(packet), packet.cmd === 'publish' && packet.retain], ['a/kept', 'v2', true]);
    publisher.send(publishPacket('a/kept', '', { retain: true, messageId: 3 }));
    await ids(publisher, 1);
    await turns(); // A PUBACK means recorded; what the broker does with the message follows.
    assert.equal(listener.counts().retainedBytes, 0);
    publisher.kill();
    late.kill();
  });

  it('forgets what is retained also where an empty message cannot be understood, and delivers nothing then', async (t) => {
    const translate: Translator['translate'] = (message) =>
      message.payload.length === 0
        ? { outcome: 'quarantine', code: 'empty', detail: 'the message has no body' }
        : plainTranslator.translate(message);
    const listener = await opened(t, { translator: { ...plainTranslator, translate } });
    const publisher = await rawConnected(listener.port);
    publisher.send(publishPacket('a/kept', 'v1', { retain: true, messageId: 1 }));
    await ids(publisher, 1);
    const late = await subscribed(listener.port, 'late', 'a/#');
    assert.deepEqual(messageOf(await late.next()), ['a/kept', 'v1']);
    publisher.send(publishPacket('a/kept', '!', { retain: true, messageId: 2 }));
    await ids(publisher, 1);
    assert.notEqual(listener.counts().retainedBytes, 0, 'what is in quarantine takes nothing away by itself');
    publisher.send(publishPacket('a/kept', '', { retain: true, messageId: 3 }));
    assert.deepEqual(await ids(publisher, 1), ['puback 3']);
    assert.equal(listener.counts().retainedBytes, 0);
    late.send({ cmd: 'pingreq' });
    assert.equal((await late.next()).cmd, 'pingresp');
    publisher.kill();
    late.kill();
  });

  it('retains no more than its limit', async (t) => {
    const limits = { retainedBytesMax: 2000 };
    const listener = await opened(t, { limits });
    const publisher = await rawConnected(listener.port);
    publisher.send(
      ...Array.from({ length: 10 }, (_, n) =>
        publishPacket(`a/${n}`, 'x'.repeat(500), { retain: true, messageId: n + 1 }),
      ),
    );
    await ids(publisher, 10);
    const late = await subscribed(listener.port, 'late', 'a/+');
    assert.deepEqual((await topics(late, 2)).toSorted(), ['a/0', 'a/1']);
    assert.equal(listener.counts().notRetained, 8);
    publisher.kill();
    late.kill();
  });

  it('keeps messages for a session that is away, up to its limit', async (t) => {
    const limits = { queuedMessagesMax: 3 };
    const listener = await opened(t, { limits });
    const away = await subscribed(listener.port, 'away', 'a', { clean: false });
    away.send({ cmd: 'disconnect' });
    await away.closed;
    const publisher = await rawConnected(listener.port);
    publisher.send(...Array.from({ length: 5 }, (_, n) => publishPacket('a', `m${n}`, { messageId: n + 1 })));
    await ids(publisher, 5);
    await turns();
    assert.equal(listener.counts().notQueued, 2);
    const back = await rawConnected(listener.port, { clientId: 'away', clean: false });
    const texts: string[] = [];
    while (texts.length < 3) {
      const packet = await back.next();
      texts.push(messageOf(packet)[1] ?? '');
      back.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
    }
    assert.deepEqual(texts, ['m0', 'm1', 'm2']);
    publisher.kill();
    back.kill();
  });
});

describe('a will', () => {
  const will = {
    topic: 'ceiling/nodes/n1/status',
    payload: Buffer.from('{"status":"offline"}'),
    qos: 1,
    retain: false,
  } as const;

  it('is recorded and delivered when its client breaks off, and counted as received', async (t) => {
    const listener = await opened(t);
    const watcher = await subscribed(listener.port, 'watcher', 'ceiling/nodes/+/status');
    const client = await rawConnected(listener.port, { clientId: 'n1', will });
    client.kill();
    assert.deepEqual(messageOf(await watcher.next()), [will.topic, '{"status":"offline"}']);
    await listener.log.holds(1);
    assert.deepEqual(listener.log.records.map(dataOf), ['{"status":"offline"}']);
    watcher.kill();
    await turns();
    assert.equal(listener.ingest.balance().received, 1);
    assert.equal(listener.ingest.balance().appended, 1);
  });

  it('is not published after a DISCONNECT', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port, { clientId: 'n1', will });
    client.send({ cmd: 'disconnect' });
    await client.closed;
    await turns();
    assert.equal(listener.ingest.balance().received, 0);
  });

  it('is kept even if the log is away when it is published', async (t) => {
    const listener = await opened(t, { ingestLimits: { retryDelayMsMax: 20 } });
    const client = await rawConnected(listener.port, { clientId: 'n1', will });
    listener.log.fail();
    client.kill();
    await listener.log.called(2);
    listener.log.heal();
    await listener.log.holds(1);
    assert.deepEqual(listener.log.records.map(dataOf), ['{"status":"offline"}']);
  });
});

describe('a subscriber that does not read', () => {
  it('holds up nobody, and is closed for what it leaves untaken', async (t) => {
    const listener = await opened(t, {
      limits: { unsentBytesMax: 1024 * 1024, queuedBytesMax: 2 ** 30, windowMax: 1000 },
    });
    const frozen = await subscribed(listener.port, 'frozen', '#', { qos: 1 });
    frozen.socket.pause();
    const publisher = await rawConnected(listener.port);
    await publishMuch(publisher, 1000);
    while (listener.counts().clientErrors === 0) await turns();
    publisher.send(publishPacket('a', 'still here', { messageId: 9999 }));
    assert.deepEqual(await ids(publisher, 1), ['puback 9999']);
    assert.equal(listener.counts().connections, 1);
    publisher.kill();
    frozen.kill();
  });

  it('is closed when it takes nothing for long', async (t) => {
    const listener = await opened(t, { limits: { unsentBytesMax: 1024 ** 3, stalledMs: 200 } });
    const frozen = await subscribed(listener.port, 'frozen', '#');
    frozen.socket.pause();
    const publisher = await rawConnected(listener.port);
    await publishMuch(publisher, 500);
    while (listener.counts().clientErrors === 0) await turns();
    frozen.socket.resume();
    await frozen.closed;
    // Each delivery that was under way to it may count as an error of its own.
    publisher.send({ cmd: 'pingreq' });
    assert.equal((await publisher.next()).cmd, 'pingresp', 'the other one stays');
    assert.equal(listener.counts().connections, 1);
    publisher.kill();
  });

  it('gets less of QoS 0 before that', async (t) => {
    const listener = await opened(t, { limits: { unsentBytesMax: 64 * 1024 * 1024 } });
    const frozen = await subscribed(listener.port, 'frozen', '#');
    frozen.socket.pause();
    const publisher = await rawConnected(listener.port);
    while (listener.counts().notDelivered === 0) {
      publisher.send(publishPacket('a', 'x'.repeat(200_000), { qos: 0 }), publishPacket('a', 'x', { qos: 1 }));
      await ids(publisher, 1);
    }
    assert.equal(listener.counts().clientErrors, 0);
    publisher.kill();
    frozen.kill();
  });
});

/** In rounds, each of them acknowledged. */
const publishMuch = async (publisher: RawClient, messages: number): Promise<void> => {
  for (let sent = 0; sent < messages; sent += 10) {
    const messageIds = Array.from({ length: 10 }, (_, n) => sent + n + 1);
    publisher.send(...messageIds.map((messageId) => publishPacket('a', 'x'.repeat(20_000), { messageId })));
    await ids(publisher, 10);
  }
};

describe('a client', () => {
  it('with an unacceptable id gets CONNACK 2', async (t) => {
    const listener = await opened(t);
    const nameless = Buffer.from([0x10, 12, 0, 4, ...Buffer.from('MQTT'), 4, 0, 0, 60, 0, 0]); // And no clean session.
    const tooLong = connectPacket({ clientId: 'x'.repeat(300) });
    for (const connect of [nameless, tooLong, connectPacket({ clientId: 'a\u0001b' })]) {
      const client = rawTcp(listener.port);
      client.send(connect);
      const connack = await client.next();
      assert.equal(connack.cmd === 'connack' && connack.returnCode, 2);
      await client.closed;
    }
  });

  it('that is not who it says is refused (CONNACK 5)', async (t) => {
    const asked: unknown[] = [];
    const listener = await opened(t, {
      parts: {
        access: async (credentials) => {
          asked.push([credentials.clientId, credentials.userName]);
          return credentials.clientId === 'known'
            ? openAccess(credentials)
            : { admitted: false, reason: reason.notAuthorized, why: 'it is not known' };
        },
      },
    });
    const known = await rawConnected(listener.port, { clientId: 'known' });
    await assert.rejects(rawConnected(listener.port, { clientId: 'unknown' }), /"returnCode":5/);
    assert.deepEqual(asked, [
      ['known', undefined],
      ['unknown', undefined],
    ]);
    known.kill();
  });

  it('that speaks nonsense is closed, and the others are not', async (t) => {
    const listener = await opened(t);
    const good = await rawConnected(listener.port, { clientId: 'good' });
    const nonsense = ['GET / HTTP/1.1\r\n\r\n', '\x10\xff\xff\xff\xff', '\x00\x00', '\x10\x02\x00\x00'];
    for (const bytes of nonsense) {
      const bad = rawTcp(listener.port);
      bad.send(Buffer.from(bytes, 'latin1'));
      await bad.closed;
    }
    good.send(publishPacket('a', 'fine'));
    assert.deepEqual(await ids(good, 1), ['puback 1']);
    good.kill();
  });
});

const subscribed = async (
  port: number,
  clientId: string,
  topic: string,
  { clean = true, qos = clean ? 0 : 1 }: { readonly clean?: boolean; readonly qos?: 0 | 1 } = {},
): Promise<RawClient> => {
  const client = await rawConnected(port, { clientId, clean });
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] });
  assert.equal((await client.next()).cmd, 'suback');
  return client;
};

const messageOf = (packet: Packet): readonly string[] =>
  packet.cmd === 'publish' ? [packet.topic, packet.payload.toString()] : [packet.cmd];

const topics = async (client: RawClient, count: number): Promise<readonly string[]> => {
  const seen: string[] = [];
  while (seen.length < count) seen.push(messageOf(await client.next())[0] ?? '');
  return seen;
};

/** Lets the broker come to rest: it works in turns of the event loop. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
