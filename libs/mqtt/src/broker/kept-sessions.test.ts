import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, ids, publishPacket, type RawClient, rawConnected, rawTcp } from '../testing/raw-client.ts';
import { defaultListenerLimits } from './listener-limits.ts';
import type { MemoryLimits } from './memory.ts';

describe('kept sessions', () => {
  it('have a share of their own of what waits, whatever others leave lying', async (t) => {
    const { port, counts } = await listener(t, { queuedBytesMax: 5_000, queuedBytesShare: 2_000 });
    await leave(port, 'abandoned', ['#']);
    await leave(port, 'device', ['commands']);
    const publisher = await rawConnected(port);
    publisher.send(...Array.from({ length: 100 }, (_, n) => publishPacket('a', 'x'.repeat(500), { messageId: n + 1 })));
    await ids(publisher, 100);
    publisher.send(publishPacket('commands', 'calibrate', { messageId: 101 }));
    await ids(publisher, 1);
    const missed = counts().notQueued;
    assert.ok(missed > 80, `${missed} were not queued`);
    const { client, sessionPresent } = await connected(port, 'device');
    assert.equal(sessionPresent, true);
    const command = await client.next();
    assert.equal(command.cmd === 'publish' && command.payload.toString(), 'calibrate');
    publisher.kill();
    client.kill();
  });

  it('make space for others, the one that has been away longest first', async (t) => {
    const { port } = await listener(t, { sessionsMax: 2 });
    for (const id of ['first', 'second', 'third']) await leave(port, id, ['a']);
    const publisher = await rawConnected(port);
    publisher.send(publishPacket('a', 'm'));
    await ids(publisher, 1);
    publisher.kill();
    for (const id of ['second', 'third']) {
      const { client, sessionPresent } = await connected(port, id);
      assert.equal(sessionPresent, true, id);
      assert.equal((await client.next()).cmd, 'publish');
    }
    // Asked last: it is a session again from then on, and makes space for itself.
    assert.equal((await connected(port, 'first')).sessionPresent, false);
  });

  it('are there for clients that only publish, until they are given up', async (t) => {
    const { port } = await listener(t, {});
    assert.equal(await comesAndGoes(port, 'device'), false, 'the first time');
    assert.equal(await comesAndGoes(port, 'device'), true, 'afterwards');
    (await rawConnected(port, { clientId: 'device', clean: true })).kill();
    assert.equal(await comesAndGoes(port, 'device'), false, 'after a clean session');
    const { client } = await connected(port, 'device');
    assert.equal(await comesAndGoes(port, 'device'), true, 'after its connection was taken over');
    await client.closed;
    const subscriber = await connected(port, 'device');
    assert.deepEqual(await subscribe(subscriber.client, ['a']), [1]);
    subscriber.client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a'] });
    assert.equal((await subscriber.client.next()).cmd, 'unsuback');
    subscriber.client.kill();
    await subscriber.client.closed;
    assert.equal(await comesAndGoes(port, 'device'), true, 'without the subscription it had');
  });

  it('count when they only publish, too, and have their end', async (t) => {
    const { port } = await listener(t, { sessionsMax: 2 });
    for (const id of ['first', 'second', 'third']) await comesAndGoes(port, id);
    assert.equal(await comesAndGoes(port, 'third'), true);
    assert.equal(await comesAndGoes(port, 'first'), false);
    const brief = await listener(t, { sessionExpiryMs: 0 });
    await comesAndGoes(brief.port, 'device');
    assert.equal(await comesAndGoes(brief.port, 'device'), false);
  });

  it('know the QoS 2 messages that were not released, until they are dropped', async (t) => {
    const { port, log } = await listener(t, { sessionsMax: 1 });
    const reading = publishPacket('a', 'once', { qos: 2, messageId: 5 });
    for (const present of [false, true]) {
      const { client, sessionPresent } = await connected(port, 'device');
      assert.equal(sessionPresent, present);
      client.send(reading);
      assert.deepEqual(await ids(client, 1), ['pubrec 5']);
      client.send({ cmd: 'disconnect' });
      await client.closed;
    }
    assert.equal(log.records.length, 1);
    await comesAndGoes(port, 'other'); // Takes its place.
    const { client } = await connected(port, 'device');
    client.send(reading);
    assert.deepEqual(await ids(client, 1), ['pubrec 5']);
    assert.equal(log.records.length, 2);
    client.kill();
  });

  it('end when their client has been away for too long, and with them what waits', async (t) => {
    const { port, counts } = await listener(t, { sessionExpiryMs: 0 });
    await leave(port, 'gone', ['a']);
    const publisher = await rawConnected(port);
    publisher.send(publishPacket('a', 'm'));
    await ids(publisher, 1);
    assert.equal(counts().notQueued, 0);
    const { client, sessionPresent } = await connected(port, 'gone');
    assert.equal(sessionPresent, false);
    client.send({ cmd: 'pingreq' });
    assert.equal((await client.next()).cmd, 'pingresp', 'nothing waited');
    publisher.kill();
  });

  it('have so many filters together, and one that is refused is not kept', async (t) => {
    const { port } = await listener(t, { sessionFiltersMax: 2 });
    await leave(port, 'one', ['a', 'b']);
    const { client } = await connected(port, 'two');
    assert.deepEqual(await subscribe(client, ['c']), [128]);
    const again = await connected(port, 'one');
    assert.equal(again.sessionPresent, true);
    assert.deepEqual(await subscribe(again.client, ['a']), [1], 'what it has it may have');
    const passing = await rawConnected(port, { clientId: 'passing' });
    assert.deepEqual(await subscribe(passing, ['c']), [1], 'a session that is not kept has its own limit');
    client.kill();
    await client.closed;
    const back = await connected(port, 'two');
    passing.send(publishPacket('c', 'm'));
    const answers = [await passing.next(), await passing.next()];
    assert.deepEqual(answers.map(({ cmd }) => cmd).toSorted(), ['puback', 'publish']);
    back.client.send({ cmd: 'pingreq' });
    assert.equal((await back.client.next()).cmd, 'pingresp');
  });
});

const listener = (t: TestContext, memory: Partial<MemoryLimits>) =>
  opened(t, { limits: { memory: { ...defaultListenerLimits.memory, ...memory } } });

const connected = async (port: number, clientId: string) => {
  const client = rawTcp(port);
  client.send(connectPacket({ clientId, clean: false }));
  const connack = await client.next();
  return { client, sessionPresent: connack.cmd === 'connack' && connack.sessionPresent };
};

/** Whether its session was there. */
const comesAndGoes = async (port: number, clientId: string): Promise<boolean> => {
  const { client, sessionPresent } = await connected(port, clientId);
  client.send({ cmd: 'disconnect' });
  await client.closed;
  return sessionPresent;
};

const subscribe = async (client: RawClient, filters: readonly string[]): Promise<unknown> => {
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) });
  const suback = await client.next();
  return suback.cmd === 'suback' && suback.granted;
};

/** Makes a session that is kept, and goes away. */
const leave = async (port: number, clientId: string, filters: readonly string[]): Promise<void> => {
  const { client } = await connected(port, clientId);
  assert.deepEqual(
    await subscribe(client, filters),
    filters.map(() => 1),
  );
  client.send({ cmd: 'disconnect' });
  await client.closed;
};
