import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataOf } from '@plenum/runtime/testing';
import { opened, type TestListener } from '../testing/listener-under-test.ts';
import { ids, publishPacket, type RawClient, rawConnected } from '../testing/raw-client.ts';

/** What MQTT 3.1.1 wants the connection closed for, and what becomes of the message. */
describe('a PUBLISH with a topic name that is none', () => {
  const names: readonly (readonly [string, readonly number[], string])[] = [
    ['ill-formed UTF-8', [0x66, 0x61, 0x6e, 0x2d, 0xfc], String.raw`fan-\xfc`],
    ['a null character', [0x61, 0x00, 0x62], String.raw`a\x00b`],
    ['a wildcard', [0x61, 0x2f, 0x23], 'a/#'],
    ['no character', [], ''],
  ];
  for (const [what, name, shown] of names) {
    for (const qos of [0, 1, 2] as const) {
      it(`(${what}, QoS ${qos}) closes its connection without an acknowledgement, and is kept`, async (t) => {
        const listener = await opened(t);
        const client = await rawConnected(listener.port);
        client.send(publish(name, qos, 'a reading'));
        await client.closed;
        assert.deepEqual(client.waiting, []);
        await listener.log.holds(1);
        assert.deepEqual(listener.log.records.map(dataOf), [
          { clientId: 'raw', code: 'bad-topic', text: 'a reading', length: 9 },
        ]);
        assert.deepEqual(
          listener.log.records.map(({ key }) => key),
          [shown],
        );
        assert.deepEqual(balance(listener), { received: 1, kept: 1 });
      });
    }
  }

  it('is not taken for another: two of them are two', async (t) => {
    const listener = await opened(t);
    for (const byte of [0xfc, 0xe4]) {
      const client = await rawConnected(listener.port);
      client.send(publish([0x61, byte], 1, 'a reading'));
      await client.closed;
    }
    await listener.log.holds(2);
    assert.deepEqual(
      listener.log.records.map(({ key }) => key),
      [String.raw`a\xfc`, String.raw`a\xe4`],
    );
  });

  it('goes its way byte by byte, too, and leaves what came before it alone', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port);
    const stream = Buffer.concat([publish([0x61], 1, 'good'), publish([0xff], 1, 'bad'), publish([0x62], 1, 'never')]);
    for (const byte of stream) {
      if (client.socket.destroyed) break;
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.closed;
    assert.deepEqual(
      client.waiting.map(({ cmd }) => cmd),
      ['puback'],
    );
    await listener.log.holds(2);
    const texts = listener.log.records.map((record) => {
      const data = dataOf(record);
      return typeof data === 'object' && data !== null && 'text' in data ? data.text : data;
    });
    assert.deepEqual(texts, ['good', 'bad']);
  });

  it('is quarantined by its beginning when it is oversized, too, and closes its connection all the same', async (t) => {
    const listener = await opened(t, { limits: { packetBytesMax: 10_000 } });
    const client = await rawConnected(listener.port);
    client.send(publish([0x61, 0xfc], 1, 'x'.repeat(20_000)));
    await client.closed;
    assert.deepEqual(client.waiting, []);
    await listener.log.holds(1);
    const [record] = listener.log.records.map(dataOf);
    assert.deepEqual(pick(record, ['code', 'length']), { code: 'bad-topic', length: 20_000 });
    assert.deepEqual(balance(listener), { received: 1, kept: 1 });
  });
});

describe('a malformed packet', () => {
  it('closes its connection, and what came before it in the same bytes is recorded and acknowledged', async (t) => {
    const listener = await opened(t);
    const client = await rawConnected(listener.port);
    client.send(
      publishPacket('a', 'one', { messageId: 1 }),
      publishPacket('a', 'two', { messageId: 2 }),
      Buffer.from([0x80, 0]),
    );
    assert.deepEqual(await ids(client, 2), ['puback 1', 'puback 2']);
    await client.closed;
    assert.deepEqual(listener.log.records.map(dataOf), ['one', 'two']);
    assert.deepEqual(balance(listener), { received: 2, kept: 2 });
    assert.equal(listener.counts().clientErrors, 1);
  });

  it('closes no other connection', async (t) => {
    const listener = await opened(t);
    const good = await rawConnected(listener.port, { clientId: 'good' });
    const bad = await rawConnected(listener.port, { clientId: 'bad' });
    bad.send(Buffer.from([0x32, 5, 0, 1, 0x61, 0, 0])); // Packet id 0.
    await bad.closed;
    await stillWorks(good);
    assert.deepEqual(balance(listener), { received: 1, kept: 1 });
  });
});

const publish = (name: readonly number[], qos: 0 | 1 | 2, payload: string): Buffer => {
  const body = Buffer.concat([
    Buffer.from([name.length >> 8, name.length & 0xff, ...name, ...(qos === 0 ? [] : [0, 7])]),
    Buffer.from(payload),
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length % 128) | 0x80, Math.floor(body.length / 128)];
  if (body.length >= 16_384) {
    length.splice(1, 1, (Math.floor(body.length / 128) % 128) | 0x80, Math.floor(body.length / 16_384));
  }
  return Buffer.concat([Buffer.from([0x30 | (qos << 1), ...length]), body]);
};

const stillWorks = async (client: RawClient): Promise<void> => {
  client.send(publishPacket('a', 'fine'));
  assert.deepEqual(await ids(client, 1), ['puback 1']);
  client.kill();
};

const balance = (listener: TestListener) => {
  const { received, appended, quarantined, discarded, dropped, inHand } = listener.ingest.balance();
  const kept = appended + quarantined + discarded + Object.values(dropped).reduce((a, b) => a + b, 0) + inHand;
  return { received, kept };
};

const pick = (value: unknown, names: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(value as object).filter(([name]) => names.includes(name)));
