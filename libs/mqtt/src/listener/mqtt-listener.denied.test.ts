/** What becomes of a client that publishes where it may not. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import type { Packet } from 'mqtt-packet';
import type { Rights } from '../server/access.ts';
import { opened } from '../testing/listener-under-test.ts';
import { connectPacket, publishPacket, type RawClient, rawSocket } from '../testing/raw-client.ts';

const rights: Rights = {
  publish: (topic) => (topic === 'mine' ? undefined : 'it is not yours'),
  subscribe: () => undefined,
};

const listening = (t: TestContext, own: Rights = rights) =>
  opened(t, { parts: { access: () => Promise.resolve({ admitted: true, rights: own }) } });

const connected = async (port: number, level: 4 | 5, clientId = 'raw'): Promise<RawClient> => {
  const client = rawSocket(connect({ port, host: '127.0.0.1' }), level);
  client.send({ ...connectPacket({ clientId }), protocolVersion: level } as Packet);
  assert.equal((await client.next()).cmd, 'connack');
  return client;
};

const denied = (count: number, first = 1): readonly Packet[] =>
  Array.from({ length: count }, (_, n) => publishPacket('theirs', `no ${first + n}`, { messageId: first + n }));

/** What came, as `cmd id reason`, until the connection was closed. */
const all = async (client: RawClient): Promise<readonly string[]> => {
  await client.closed;
  return client.waiting.map((packet) =>
    [packet.cmd, packet.messageId, 'reasonCode' in packet ? packet.reasonCode : undefined].join(' ').trim(),
  );
};

describe('a message on a topic that its client may not publish on', () => {
  it('is acknowledged, in MQTT 5 with the reason, is kept in quarantine, counted, and nobody gets it', async (t) => {
    for (const level of [4, 5] as const) {
      const listener = await listening(t);
      const subscriber = await connected(listener.port, 4, 'subscriber');
      subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] });
      await subscriber.next();
      const client = await connected(listener.port, level);
      client.send(...denied(1), publishPacket('mine', 'yes', { messageId: 2 }));
      const [no, yes] = [await client.next(), await client.next()];
      const reasons = [no, yes].map((packet) => (packet.cmd === 'puback' ? packet.reasonCode : packet.cmd));
      assert.deepEqual(reasons, level === 5 ? [0x87, 0] : [undefined, undefined]);
      const { topic, payload } = (await subscriber.next()) as { readonly topic: string; readonly payload: Buffer };
      assert.deepEqual([topic, String(payload)], ['mine', 'yes']);
      assert.deepEqual(listener.log.records.map(dataOf), [
        { clientId: 'raw', code: 'not-authorized', text: 'no 1', length: 4 },
        'yes',
      ]);
      assert.equal(listener.counts().deniedPublishes, 1);
      client.kill();
      subscriber.kill();
    }
  });

  it('ends its connection when it is the eleventh within a minute, behind the acknowledgements', async (t) => {
    for (const level of [4, 5] as const) {
      const listener = await listening(t);
      const client = await connected(listener.port, level);
      client.send(...denied(10), publishPacket('mine', 'yes', { messageId: 11 }), ...denied(1, 12), ...denied(1, 13));
      const acknowledged = Array.from({ length: 12 }, (_, n) => {
        const code = n + 1 === 11 ? ' 0' : ' 135';
        return `puback ${n + 1}${level === 5 ? code : ''}`;
      });
      assert.deepEqual(await all(client), level === 5 ? [...acknowledged, 'disconnect  135'] : acknowledged);
      assert.equal(listener.log.records.length, 12);
      assert.equal(listener.counts().deniedPublishes, 11);
      assert.equal(listener.counts().clientErrors, 1);
    }
  });
});

it('a connection is closed when its rights have ended, and they are given back once', async (t) => {
  const end = new AbortController();
  let released = 0;
  const listener = await listening(t, {
    ...{ ...rights, ended: end.signal },
    released: () => {
      released += 1;
    },
  });
  const client = await connected(listener.port, 5);
  end.abort();
  assert.deepEqual(await all(client), ['disconnect  152']);
  assert.equal(released, 1);
});

it('a will is not published on a topic that its client may not publish on any more', async (t) => {
  const allowed = new Set(['mine', 'yours']);
  const listener = await listening(t, {
    publish: (topic) => (allowed.has(topic) ? undefined : 'it is not yours'),
    subscribe: () => undefined,
  });
  const watcher = await connected(listener.port, 5, 'watcher');
  watcher.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] });
  await watcher.next();
  for (const topic of ['mine', 'yours']) {
    const client = rawSocket(connect({ port: listener.port, host: '127.0.0.1' }), 5);
    const will = { topic, payload: Buffer.from(topic), qos: 1, retain: false } as const;
    client.send({ ...connectPacket({ clientId: topic, will }), protocolVersion: 5 } as Packet);
    assert.equal((await client.next()).cmd, 'connack');
    allowed.delete('mine');
    client.kill();
    await client.closed;
  }
  const { topic } = (await watcher.next()) as { readonly topic: string };
  assert.equal(topic, 'yours');
  assert.deepEqual(listener.log.records.map(dataOf), ['yours']);
  watcher.kill();
});
