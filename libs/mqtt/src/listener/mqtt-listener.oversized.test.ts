import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import { opened } from '../testing/listener-under-test.ts';
import { ids, publishPacket, rawConnected } from '../testing/raw-client.ts';

const mebibyte = 1024 * 1024;

describe('a PUBLISH that is too large', () => {
  it('is quarantined by length, digest and beginning, and acknowledged in its turn', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port);
    const payload = Buffer.alloc(mebibyte, 'large');
    client.send(
      publishPacket('a', 'before', { messageId: 1 }),
      publishPacket('big/one', payload, { messageId: 2 }),
      publishPacket('a', 'after', { messageId: 3 }),
      publishPacket('big/two', payload, { messageId: 4, qos: 2 }),
    );
    assert.deepEqual(await ids(client, 4), ['puback 1', 'puback 2', 'puback 3', 'pubrec 4']);
    const quarantined = {
      clientId: 'raw',
      code: 'oversized',
      text: payload.subarray(0, 4096).toString(),
      length: mebibyte,
      sha256: createHash('sha256').update(payload).digest('hex'),
    };
    assert.deepEqual(listener.log.records.map(dataOf), ['before', quarantined, 'after', quarantined]);
    assert.deepEqual(
      listener.log.records.map(({ key }) => key),
      ['a', 'big/one', 'a', 'big/two'],
    );
    assert.equal(listener.ingest.balance().received, 4);
    client.kill();
  });

  it('is not delivered to subscribers, and none of it is retained', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port);
    client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] });
    assert.equal((await client.next()).cmd, 'suback');
    client.send(publishPacket('big', Buffer.alloc(mebibyte), { messageId: 2, retain: true }));
    assert.deepEqual(await ids(client, 1), ['puback 2']);
    client.send(publishPacket('a', 'small', { messageId: 3 }));
    assert.deepEqual((await ids(client, 2)).toSorted(), ['puback 3', 'publish ']);
    assert.equal(listener.counts().retainedBytes, 0);
    client.kill();
  });

  it('of 200 MiB passes without being kept in memory', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port, { keepalive: 0 });
    const before = process.memoryUsage.rss();
    const payloadBytes = 200 * mebibyte;
    const remaining = 2 + 1 + 2 + payloadBytes;
    client.send(Buffer.from([0x32, ...remainingLength(remaining), 0, 1, 97, 0, 1]));
    const chunk = Buffer.alloc(mebibyte);
    let highest = before;
    for (let sent = 0; sent < payloadBytes; sent += chunk.length) {
      if (!client.socket.write(chunk)) await once(client.socket, 'drain');
      highest = Math.max(highest, process.memoryUsage.rss());
    }
    assert.deepEqual(await ids(client, 1), ['puback 1']);
    const grownMiB = (highest - before) / mebibyte;
    assert.ok(grownMiB < 120, `memory grew by ${grownMiB} MiB`);
    const [record] = listener.log.records.map(dataOf);
    // What `plainTranslator` writes.
    assert.equal((record as { length: number }).length, payloadBytes);
    client.kill();
  });

  it('closes its connection when it is no PUBLISH, and no other', async (t) => {
    const listener = await opened(t);
    const [bad, good] = await Promise.all([
      rawConnected(listener.port, { clientId: 'bad' }),
      rawConnected(listener.port, { clientId: 'good' }),
    ]);
    bad.send(Buffer.from([0x82, 0xff, 0xff, 0x7f]));
    await bad.closed;
    good.send(publishPacket('a', 'fine'));
    assert.deepEqual(await ids(good, 1), ['puback 1']);
    assert.equal(listener.counts().clientErrors, 1);
    good.kill();
  });
});

const remainingLength = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) | 0x80, ...remainingLength(Math.floor(value / 128))];
