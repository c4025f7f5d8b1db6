/** QoS 2 where publishers and subscribers go from one server to another that shares the store of sessions. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { SessionStore } from '@plenum/runtime';
import { memorySessions } from '@plenum/runtime/testing';
import { opened, type TestListener } from '../testing/listener-under-test.ts';
import { ids, publishPacket, type RawClient, rawConnected } from '../testing/raw-client.ts';

const two = async (
  t: TestContext,
  changed: Partial<SessionStore> = {},
): Promise<readonly [TestListener, TestListener]> => {
  const kept = memorySessions();
  const sessions = { ...kept.open(), ...changed };
  return [await opened(t, { parts: { sessions } }), await opened(t, { parts: { sessions: kept.open() } })];
};

const kept = (clientId: string) => ({ clientId, clean: false });
const message = (payload: string, dup = false) => publishPacket('c/s', payload, { qos: 2, messageId: 5, dup });

const subscribed = async (port: number): Promise<RawClient> => {
  const client = await rawConnected(port, kept('subscriber'));
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'c/s', qos: 2 }] });
  assert.deepEqual(await ids(client, 1), ['suback 1']);
  return client;
};

const hearsNothing = async (client: RawClient): Promise<void> => {
  client.send({ cmd: 'pingreq' });
  assert.equal((await client.next()).cmd, 'pingresp');
};

it('a copy that comes to another server is acknowledged, and not passed on again', async (t) => {
  const [one, other] = await two(t);
  const subscriber = await subscribed(one.port);
  const publisher = await rawConnected(one.port, kept('publisher'));
  publisher.send(message('once'));
  assert.deepEqual(await ids(publisher, 1), ['pubrec 5']);
  publisher.kill(); // As if the PUBREC had been lost.
  assert.deepEqual(await ids(subscriber, 1), ['publish 1']);
  subscriber.send({ cmd: 'pubrec', messageId: 1 });
  assert.deepEqual(await ids(subscriber, 1), ['pubrel 1']);
  subscriber.send({ cmd: 'pubcomp', messageId: 1 });
  await hearsNothing(subscriber);
  subscriber.kill();

  const there = await rawConnected(other.port, kept('subscriber'));
  const again = await rawConnected(other.port, kept('publisher'));
  again.send(message('once', true));
  assert.deepEqual(await ids(again, 1), ['pubrec 5']);
  again.send({ cmd: 'pubrel', messageId: 5 });
  assert.deepEqual(await ids(again, 1), ['pubcomp 5']);
  await hearsNothing(there);
  again.send(message('another'));
  assert.deepEqual(await ids(again, 1), ['pubrec 5']);
  assert.equal((await there.next()).cmd, 'publish');
  for (const client of [there, again]) client.kill();
});

it('a server whose publisher went to another one meanwhile passes nothing on, though nobody has said so there', async (t) => {
  const [one, other] = await two(t, { onNews: () => () => undefined });
  const subscriber = await subscribed(one.port);
  one.log.hold();
  const publisher = await rawConnected(one.port, kept('publisher'));
  publisher.send(message('once'));
  await one.log.called(1);
  const moved = await rawConnected(other.port, kept('publisher'));
  one.log.release();
  await publisher.closed;
  await hearsNothing(subscriber);
  const there = await rawConnected(other.port, kept('subscriber'));
  moved.send(message('once', true));
  assert.deepEqual(await ids(moved, 1), ['pubrec 5']);
  assert.deepEqual(await ids(there, 1), ['publish 1']);
  await hearsNothing(there);
  for (const client of [subscriber, there, moved]) client.kill();
});

it('a copy that comes before the message is in the log is passed on with it, once', async (t) => {
  const [one] = await two(t);
  const subscriber = await subscribed(one.port);
  one.log.hold();
  const publisher = await rawConnected(one.port, kept('publisher'));
  publisher.send(message('once'));
  await one.log.called(1);
  publisher.kill();
  const again = await rawConnected(one.port, kept('publisher'));
  again.send(message('once', true));
  await hearsNothing(again);
  one.log.release();
  assert.deepEqual(await ids(again, 1), ['pubrec 5']);
  assert.deepEqual(await ids(subscriber, 1), ['publish 1']);
  await hearsNothing(subscriber);
  for (const client of [subscriber, again]) client.kill();
});

it('what comes into the log while a subscriber comes back is passed on to it, and a copy is acknowledged after that', async (t) => {
  const sessions = memorySessions().open();
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const take: SessionStore['take'] = async (taking, nowMs) => {
    const taken = await sessions.take(taking, nowMs);
    if (taken.present && taking.clientId === 'subscriber') {
      asked.resolve();
      await answered.promise;
    }
    return taken;
  };
  const { port, log } = await opened(t, { parts: { sessions: { ...sessions, take } } });
  const before = await subscribed(port);
  const coming = rawConnected(port, kept('subscriber'));
  await asked.promise;
  const publisher = await rawConnected(port, kept('publisher'));
  publisher.send(message('once'));
  while (log.records.length === 0) await hearsNothing(publisher);
  publisher.kill();
  const again = await rawConnected(port, kept('publisher'));
  again.send(message('once', true));
  await hearsNothing(again);
  answered.resolve();
  const subscriber = await coming;
  assert.deepEqual(await ids(subscriber, 1), ['publish 1']);
  assert.deepEqual(await ids(again, 1), ['pubrec 5']);
  await hearsNothing(subscriber);
  for (const client of [before, subscriber, again]) client.kill();
});

it('what was passed on to nobody, for its publisher was elsewhere, is passed on when it is back with a copy', async (t) => {
  const place = memorySessions();
  const [sessions, elsewhere] = [place.open(), place.open()];
  const [asked, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const answers: boolean[] = [];
  let takes = 0;
  const passOn: SessionStore['passOn'] = async (...passed) => {
    asked.resolve();
    await left.promise;
    const answer = await sessions.passOn(...passed);
    answers.push(answer === 'lost');
    return answer;
  };
  const take: SessionStore['take'] = async (taking, nowMs) => {
    if (taking.clientId === 'publisher') takes += 1;
    if (takes === 2) {
      await elsewhere.take(taking, nowMs);
      left.resolve();
    }
    return sessions.take(taking, nowMs);
  };
  const parts = { sessions: { ...sessions, passOn, take, onNews: () => () => undefined } };
  const { port } = await opened(t, { parts });
  const subscriber = await subscribed(port);
  const publisher = await rawConnected(port, kept('publisher'));
  publisher.send(message('once'));
  await asked.promise;
  const again = await rawConnected(port, kept('publisher'));
  again.send(message('once', true));
  assert.deepEqual(await ids(again, 1), ['pubrec 5']);
  assert.deepEqual(await ids(subscriber, 1), ['publish 2']);
  assert.deepEqual(answers, [true, false]);
  await hearsNothing(subscriber);
  for (const client of [publisher, again, subscriber]) client.kill();
});

it('a packet id that was given free at another server is another message, though nobody has said so here', async (t) => {
  const [one, other] = await two(t, { onNews: () => () => undefined });
  const publisher = await rawConnected(one.port, kept('publisher'));
  publisher.send(message('first'));
  assert.deepEqual(await ids(publisher, 1), ['pubrec 5']);
  publisher.kill();
  const there = await rawConnected(other.port, kept('publisher'));
  there.send({ cmd: 'pubrel', messageId: 5 });
  assert.deepEqual(await ids(there, 1), ['pubcomp 5']);
  there.kill();
  const back = await rawConnected(one.port, kept('publisher'));
  back.send(message('second'));
  assert.deepEqual(await ids(back, 1), ['pubrec 5']);
  assert.equal(one.log.records.length, 2);
  back.kill();
});

it('is sent to a session that is kept when the store has it, and what comes behind it after it', async (t) => {
  const sessions = memorySessions().open();
  const written = Promise.withResolvers<void>();
  const enqueue: SessionStore['enqueue'] = async (session, queued) => {
    if (queued.qos === 2) await written.promise;
    return sessions.enqueue(session, queued);
  };
  const { port } = await opened(t, { parts: { sessions: { ...sessions, enqueue } } });
  const subscriber = await subscribed(port);
  const publisher = await rawConnected(port);
  publisher.send(message('first'), publishPacket('c/s', 'second', { qos: 1, messageId: 6 }));
  publisher.send(publishPacket('c/others', 'x', { qos: 1, messageId: 7 }));
  await hearsNothing(publisher);
  await hearsNothing(subscriber);
  written.resolve();
  assert.deepEqual(await ids(publisher, 3), ['pubrec 5', 'puback 6', 'puback 7']);
  assert.deepEqual(await ids(subscriber, 2), ['publish 1', 'publish 2']);
  for (const client of [subscriber, publisher]) client.kill();
});
