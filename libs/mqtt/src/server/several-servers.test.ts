/** Several servers over one store of sessions: clients move, servers die, and nothing that was promised is lost. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { memorySessions } from '@plenum/runtime/testing';
import type { Packet } from 'mqtt-packet';
import { opened } from '../testing/listener-under-test.ts';
import { ids, publishPacket, type RawClient, rawConnected } from '../testing/raw-client.ts';

const two = async (t: TestContext) => {
  const place = memorySessions();
  const one = await opened(t, { parts: { sessions: place.open('one') } });
  const other = await opened(t, { parts: { sessions: place.open('other') } });
  return { place, one, other };
};

const kept = { clean: false, clientId: 'device' };

const subscribed = async (port: number, qos: 1 | 2 = 1, clientId = kept.clientId): Promise<RawClient> => {
  const client = await rawConnected(port, { ...kept, clientId });
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'commands', qos }] });
  assert.equal((await client.next()).cmd, 'suback');
  return client;
};

const textOf = (packet: Packet): string => (packet.cmd === 'publish' ? packet.payload.toString() : packet.cmd);

const published = async (port: number, ...texts: readonly string[]): Promise<void> => {
  const publisher = await rawConnected(port, { clientId: `publisher ${texts}` });
  publisher.send(...texts.map((text, n) => publishPacket('commands', text, { messageId: n + 1 })));
  await ids(publisher, texts.length);
  publisher.kill();
};

it('a client that comes to another server has its session there, with what waits in it', async (t) => {
  const { one, other } = await two(t);
  const first = await subscribed(one.port);
  first.kill();
  await first.closed;
  await gone(one);
  await published(one.port, 'a', 'b');
  const second = await rawConnected(other.port, kept);
  assert.equal(textOf(await second.next()), 'a');
  assert.equal(textOf(await second.next()), 'b');
  await published(other.port, 'c');
  assert.equal(textOf(await second.next()), 'c');
  second.kill();
});

it('a client that is connected at one server and comes to another is closed at the first', async (t) => {
  const { one, other } = await two(t);
  const first = await subscribed(one.port);
  const second = await rawConnected(other.port, kept);
  await first.closed;
  await published(other.port, 'here');
  assert.equal(textOf(await second.next()), 'here');
  assert.equal(one.counts().sessions, 0);
  second.kill();
});

it('a QoS 2 message whose server died before PUBREC is taken once, under the id that it had', async (t) => {
  const { place, one, other } = await two(t);
  one.log.hold();
  const first = await rawConnected(one.port, kept);
  first.send(publishPacket('readings', 'r', { qos: 2, messageId: 7 }));
  await one.log.called(1);
  place.kill('one');
  first.kill();
  const second = await rawConnected(other.port, kept);
  second.send(publishPacket('readings', 'r', { qos: 2, messageId: 7, dup: true }));
  assert.deepEqual(await ids(second, 1), ['pubrec 7']);
  second.send({ cmd: 'pubrel', messageId: 7 });
  assert.deepEqual(await ids(second, 1), ['pubcomp 7']);
  second.kill();
});

it('the sessions of a server that is gone go on at one that starts, and what is published there waits in them', async (t) => {
  const { place, one } = await two(t);
  await subscribed(one.port);
  place.kill('one');
  const third = await opened(t, { parts: { sessions: place.open('third') } });
  assert.equal(third.counts().sessions, 1);
  await published(third.port, 'while it was away');
  const device = await rawConnected(third.port, kept);
  assert.equal(textOf(await device.next()), 'while it was away');
  device.kill();
});

it('a message that was sent before its server died comes again with DUP under its packet id', async (t) => {
  const { place, one, other } = await two(t);
  const first = await subscribed(one.port, 2);
  await published(one.port, 'x');
  const before = await first.next();
  place.kill('one');
  first.kill();
  const second = await rawConnected(other.port, kept);
  const again = await second.next();
  assert.ok(before.cmd === 'publish' && again.cmd === 'publish');
  assert.deepEqual([before.dup, again.dup, again.messageId], [false, true, before.messageId]);
  second.kill();
});

it('retained messages are those of all servers, and of those that start', async (t) => {
  const { place, one, other } = await two(t);
  const publisher = await rawConnected(one.port, { clientId: 'publisher' });
  publisher.send(publishPacket('commands', 'kept', { retain: true }));
  await ids(publisher, 1);
  publisher.kill();
  const third = await opened(t, { parts: { sessions: place.open('third') } });
  for (const { port } of [other, third]) {
    const device = await subscribed(port, 1, `at ${port}`);
    assert.equal(textOf(await device.next()), 'kept');
    device.kill();
  }
});

it('what a newer program has kept is left out, and stops nobody', async (t) => {
  const { place, other } = await two(t);
  const newer = place.open('newer');
  const body = Uint8Array.of(255, 0, 0);
  const ref = await newer.take({ ...kept, expiryMs: 60_000, will: { body, delayMs: 0 } }, Date.now());
  await newer.enqueue(ref, { number: 1, qos: 1, body, expiresAtMs: undefined });
  await newer.retain('commands', { body, expiresAtMs: undefined });
  place.kill('newer');
  const third = await opened(t, { parts: { sessions: place.open('third') } });
  assert.equal(third.counts().sessions, 1);
  for (const { port } of [third, other]) {
    const device = await subscribed(port);
    await published(port, 'fine');
    assert.equal(textOf(await device.next()), 'fine');
    device.send({ cmd: 'puback', messageId: 2 });
    device.send({ cmd: 'pingreq' });
    assert.equal((await device.next()).cmd, 'pingresp');
    device.kill();
  }
});

/** The server has noticed that its only client has gone. */
const gone = async (server: { counts(): { readonly connections: number } }): Promise<void> => {
  while (server.counts().connections > 0) await new Promise((resolve) => setImmediate(resolve));
};
