/** The way down at the listener: what devices answer, and what becomes of a message that they do not answer. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Delivery, DeviceMessage } from '@plenum/runtime';
import { memorySessions } from '@plenum/runtime/testing';
import { reason } from '../codec/reason-codes.ts';
import { opened, type TestListener } from '../testing/listener-under-test.ts';
import { type RawDevice, type RawDeviceOptions, rawDevice } from '../testing/raw-device.ts';

const delivered: Delivery = { outcome: 'delivered', by: 'device' };
const expired: Delivery = { outcome: 'expired' };
const notConnected: Delivery = { outcome: 'not-connected' };
const refused = (code: number, by: 'device' | 'broker' = 'device'): Delivery => ({
  outcome: 'refused',
  by,
  reason: code,
});

for (const level of [4, 5] as const) {
  describe(`a message to a device of MQTT ${level === 5 ? '5' : '3.1.1'}`, { timeout: 30_000 }, () => {
    it('is delivered with its PUBACK, and not before', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node');
      const sent = send({ payload: Buffer.from('calibrate') });
      const { topic, payload, qos, dup, retain, messageId } = await node.received();
      assert.deepEqual([topic, String(payload), qos, dup, retain], ['c/node', 'calibrate', 1, false, false]);
      await node.hearsNothing();
      assert.equal(sent.settled(), false);
      node.puback(messageId);
      assert.deepEqual(await sent, delivered);
    });

    it('of QoS 2 is delivered with its PUBREC, and its packet id given free', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node');
      const sent = send({ qos: 2 });
      const { qos, messageId } = await node.received();
      assert.equal(qos, 2);
      node.pubrec(messageId);
      assert.deepEqual(await sent, delivered);
      await node.completes(messageId);
      await node.hearsNothing();
    });

    it('is for nobody when nobody who acknowledges is there, and is not kept', async (t) => {
      const { send, device } = await world(t, level);
      assert.deepEqual(await send(), notConnected);
      const away = await device('node', { clean: false });
      away.kill();
      await away.closed;
      await device('monitor', { qos: 0 });
      while ((await send()).outcome !== 'not-connected') await turn(); // Until its connection is known to be gone.
      const back = await device('node', { clean: false, filter: undefined });
      assert.equal(back.sessionPresent, true);
      await back.hearsNothing();
    });

    it('goes to the client that it is for alone', async (t) => {
      const { send, device } = await world(t, level);
      const [node, other] = [await device('node'), await device('other')];
      const sent = send({ clientId: 'node' });
      node.puback((await node.received()).messageId);
      assert.deepEqual(await sent, delivered);
      await other.hearsNothing();
      assert.deepEqual(await send({ clientId: 'nobody' }), notConnected);
      assert.deepEqual(await send({ clientId: 'node', topic: 'elsewhere' }), notConnected);
    });

    it('goes to all who subscribe, and the first acknowledgement settles it', async (t) => {
      const { send, device } = await world(t, level);
      const [one, other, monitor] = [await device('one'), await device('other'), await device('m', { qos: 0 })];
      const sent = send();
      await one.received();
      assert.equal((await monitor.received()).qos, 0);
      other.puback((await other.received()).messageId);
      assert.deepEqual(await sent, delivered);
    });

    it('comes again with DUP to a client that was cut off before its PUBACK, and is delivered then', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node', { clean: false });
      const sent = send();
      const { messageId } = await node.received();
      node.kill();
      const back = await device('node', { clean: false, filter: undefined });
      const again = await back.received();
      assert.deepEqual([again.dup, again.messageId], [true, messageId]);
      assert.equal(sent.settled(), false);
      back.puback(messageId);
      assert.deepEqual(await sent, delivered);
    });

    it('of QoS 2 comes again, too, and goes on with PUBREL where it was', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node', { clean: false });
      const sent = send({ qos: 2 });
      await node.received();
      node.kill();
      const back = await device('node', { clean: false, filter: undefined });
      const { dup, messageId } = await back.received();
      assert.equal(dup, true);
      back.pubrec(messageId);
      assert.deepEqual(await sent, delivered);
      assert.equal((await back.next()).cmd, 'pubrel');
      back.kill();
      const later = await device('node', { clean: false, filter: undefined });
      await later.completes(messageId);
      await later.hearsNothing();
    });

    it('expires when it is not acknowledged, and an acknowledgement after that changes nothing', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node');
      const sent = send({ expiryMs: 50 });
      const { messageId } = await node.received();
      assert.deepEqual(await sent, expired);
      node.puback(messageId);
      await node.hearsNothing();
      const next = send();
      node.puback((await node.received()).messageId);
      assert.deepEqual(await next, delivered);
    });

    it('expires at once when the session that it was sent in ends', async (t) => {
      const { send, device } = await world(t, level);
      const node = await device('node');
      const sent = send();
      await node.received();
      node.kill();
      assert.deepEqual(await sent, expired);
      const kept = await device('node', { clean: false });
      const other = send();
      await kept.received();
      kept.kill();
      await device('node'); // Begins anew, and takes what was kept away.
      assert.deepEqual(await other, expired);
    });

    it('expires when its session goes on at another server, which sends it', async (t) => {
      const sessions = memorySessions();
      const { send, device, listener } = await world(t, level, { parts: { sessions: sessions.open() } });
      const elsewhere = await world(t, level, { parts: { sessions: sessions.open() } });
      const node = await device('node', { clean: false });
      const sent = send();
      const { messageId } = await node.received();
      const moved = await elsewhere.device('node', { clean: false, filter: undefined });
      assert.deepEqual(await sent, expired);
      assert.equal(listener.counts().sessions, 0);
      const { dup, messageId: again } = await moved.received();
      assert.deepEqual([dup, again], [true, messageId]);
    });

    it('is settled when the server closes, and none is sent from then on', async (t) => {
      const { send, device, listener } = await world(t, level);
      const kept = await device('kept', { clean: false });
      const [sent, addressed] = [send(), send({ clientId: 'kept', qos: 2 })];
      await kept.received();
      await kept.received();
      const closing = listener.close();
      assert.deepEqual(await send(), notConnected);
      assert.deepEqual(await Promise.all([sent, addressed]), [expired, expired]);
      await closing;
      assert.deepEqual(await send(), notConnected);
    });
  });
}

describe('a message to a device', { timeout: 30_000 }, () => {
  for (const [qos, ack] of [
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const) {
    it(`of QoS ${qos} is refused by a reason of 0x80 or above, and not below`, async (t) => {
      const { send, device } = await world(t);
      const node = await device('node');
      const sent = [send({ qos }), send({ qos }), send({ qos })];
      for (const code of [0x97, 0x80, 0x10]) node[ack]((await node.received()).messageId, code);
      assert.deepEqual(await Promise.all(sent), [refused(0x97), refused(0x80), delivered]);
    });
  }

  it('that one refuses is delivered when another takes it, and refused when all do', async (t) => {
    const { send, device } = await world(t);
    const [one, other] = [await device('one'), await device('other')];
    const taken = send();
    one.puback((await one.received()).messageId, 0x83);
    await one.hearsNothing();
    assert.equal(taken.settled(), false);
    other.puback((await other.received()).messageId);
    assert.deepEqual(await taken, delivered);

    const byBoth = send();
    one.puback((await one.received()).messageId, 0x83);
    await one.hearsNothing();
    other.puback((await other.received()).messageId, 0x99);
    assert.deepEqual(await byBoth, refused(0x83));

    const byOne = send();
    one.puback((await one.received()).messageId, 0x83);
    await one.hearsNothing();
    await other.received();
    other.kill();
    assert.deepEqual(await byOne, expired, 'the other one may have it');
  });

  it('carries its properties and what is left of its time to MQTT 5 alone', async (t) => {
    const { send, device } = await world(t);
    const [five, four] = [await device('five'), await device('four', { level: 4 })];
    const properties = {
      contentType: 'application/json',
      responseTopic: 'answers/1',
      correlationData: Buffer.from([1, 2, 3]),
      userProperties: [
        ['command', 'a'],
        ['command', 'b'],
      ],
    } as const;
    const sent = send({ properties, expiryMs: 4_500 });
    const heard = await five.received();
    assert.deepEqual(
      { ...heard.properties },
      {
        messageExpiryInterval: 5,
        contentType: 'application/json',
        responseTopic: 'answers/1',
        correlationData: Buffer.from([1, 2, 3]),
        userProperties: { __proto__: null, command: ['a', 'b'] },
      },
    );
    const { properties: none, messageId } = await four.received();
    assert.equal(none, undefined);
    four.puback(messageId);
    assert.deepEqual(await sent, delivered);
  });

  it('waits while as many are on their way as the device takes', async (t) => {
    const { send, device } = await world(t);
    const node = await device('node', { properties: { receiveMaximum: 1 } });
    const sent = [send({ payload: Buffer.from('0') }), send({ payload: Buffer.from('1') })];
    const first = await node.received();
    await node.hearsNothing();
    node.puback(first.messageId);
    const second = await node.received();
    assert.equal(String(second.payload), '1');
    node.puback(second.messageId);
    assert.deepEqual(await Promise.all(sent), [delivered, delivered]);
  });

  it('is never sent after its time, whether its device is there or away', async (t) => {
    const { send, device } = await world(t);
    const properties = { receiveMaximum: 1 };
    const node = await device('node', { clean: false, properties });
    const first = send();
    const { messageId } = await node.received();
    assert.deepEqual(await send({ expiryMs: 20, payload: Buffer.from('late') }), expired);
    const overWhileAway = send({ expiryMs: 500, payload: Buffer.from('late') });
    const inTime = send({ payload: Buffer.from('in time') });
    node.kill();
    assert.deepEqual(await overWhileAway, expired);
    const back = await device('node', { clean: false, filter: undefined, properties });
    assert.equal((await back.received()).messageId, messageId);
    back.puback(messageId);
    assert.deepEqual(await first, delivered);
    const second = await back.received();
    assert.equal(String(second.payload), 'in time');
    back.puback(second.messageId);
    assert.deepEqual(await inTime, delivered);
    await back.hearsNothing();
  });

  it('that was sent, and not acknowledged in its time, comes again all the same', async (t) => {
    const { send, device } = await world(t);
    const node = await device('node', { clean: false });
    const sent = send({ expiryMs: 50 });
    await node.received();
    node.kill();
    assert.deepEqual(await sent, expired);
    const back = await device('node', { clean: false, filter: undefined });
    assert.equal((await back.received()).dup, true); // MQTT wants it: a packet id once used is used to its end.
  });

  it('larger than a device takes is refused by it, and those behind it are sent', async (t) => {
    const { send, device } = await world(t);
    const node = await device('node', { properties: { maximumPacketSize: 100 } });
    const [large, small] = [send({ payload: Buffer.alloc(100) }), send()];
    assert.deepEqual(await large, refused(reason.packetTooLarge));
    node.puback((await node.received()).messageId);
    assert.deepEqual(await small, delivered);
  });

  it('for which there is no place in the queue is refused by the server', async (t) => {
    const { send, device } = await world(t, 5, { limits: { queuedMessagesMax: 2 } });
    const node = await device('node', { properties: { receiveMaximum: 1 } });
    const first = send();
    const { messageId } = await node.received();
    assert.deepEqual(await Promise.all([send({ expiryMs: 20 }), send()]), [
      expired,
      refused(reason.quotaExceeded, 'broker'),
    ]);
    const second = send(); // The place of the one that expired.
    node.puback(messageId);
    node.puback((await node.received()).messageId);
    assert.deepEqual(await Promise.all([first, second]), [delivered, delivered]);
  });

  it('is sent and delivered while the store of sessions is away, with QoS 2 when it is back', async (t) => {
    const sessions = memorySessions();
    const { send, device } = await world(t, 5, { parts: { sessions: sessions.open('here') } });
    const node = await device('node', { clean: false });
    sessions.cut('here');
    t.after(() => sessions.heal('here'));
    const [once, twice] = [send(), send({ qos: 2 })];
    node.puback((await node.received()).messageId);
    assert.deepEqual(await once, delivered);
    await node.hearsNothing(); // After a crash its packet id would be given to another, and that be taken for a copy.
    sessions.heal('here');
    const { messageId } = await node.received();
    node.pubrec(messageId);
    assert.deepEqual(await twice, delivered);
    await node.completes(messageId);
  });

  it('finds its place again after sessions have gone elsewhere with all that waited in them', async (t) => {
    const sessions = memorySessions();
    const limits = { queuedBytesShare: 0, inMemoryBytesMax: 1000 };
    const { send, device } = await world(t, 5, { limits, parts: { sessions: sessions.open() } });
    const elsewhere = await world(t, 5, { parts: { sessions: sessions.open() } });
    for (let round = 0; round < 3; round += 1) {
      const node = await device('node', { clean: false });
      const sent = send({ clientId: 'node', payload: Buffer.alloc(500) });
      await node.received();
      const moved = await elsewhere.device('node', { clean: false, filter: undefined });
      assert.deepEqual(await sent, expired);
      moved.puback((await moved.received()).messageId);
      await moved.hearsNothing();
    }
    const other = await device('other');
    const last = send({ clientId: 'other', payload: Buffer.alloc(500) });
    other.puback((await other.received()).messageId);
    assert.deepEqual(await last, delivered);
  });

  it('comes to a device that was cut off for what it left untaken, with those behind it', async (t) => {
    const [large, mib] = [64 * 1024 * 1024, 1024 * 1024];
    const limits = { unsentBytesMax: 3 * mib, queuedBytesMax: large, inMemoryBytesMax: large };
    const { send, device } = await world(t, 5, { limits });
    const oneAtATime = { properties: { receiveMaximum: 1 } };
    const node = await device('node', { clean: false, ...oneAtATime });
    const texts = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const sent = texts.map((text) => send({ payload: Buffer.alloc(2 * mib, text) }));
    node.kill();
    const takesAll = await device('node', { clean: false, filter: undefined });
    await takesAll.closed; // All of them in one turn are too much.
    const back = await device('node', { clean: false, filter: undefined, ...oneAtATime });
    for (const text of texts) {
      const { payload, messageId } = await back.received();
      assert.equal(String(payload).at(0), text);
      back.puback(messageId);
    }
    assert.ok((await Promise.all(sent)).every(({ outcome }) => outcome === 'delivered'));
  });

  it('under a topic that is none is a mistake of who sends it', async (t) => {
    const { send } = await world(t);
    for (const topic of ['', 'c/+', 'c/#', 'c/\0', 'c/\ud800', 'c'.repeat(65_536)]) {
      await assert.rejects(send({ topic }), RangeError);
    }
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Sent = Promise<Delivery> & { readonly settled: () => boolean };

/** A listener, and devices that subscribe to `c/#` at it. */
const world = async (t: TestContext, level: 4 | 5 = 5, options: Parameters<typeof opened>[1] = {}) => {
  const listener: TestListener = await opened(t, options);
  const send = (message: Partial<DeviceMessage> = {}): Sent => {
    const sent = listener.publish({ topic: 'c/node', payload: Buffer.from('x'), expiryMs: 20_000, ...message });
    let settled = false;
    void sent.finally(() => (settled = true)).catch(() => undefined);
    return Object.assign(sent, { settled: () => settled });
  };
  const device = async (clientId: string, more: Partial<RawDeviceOptions> = {}): Promise<RawDevice> => {
    const one = await rawDevice(listener.port, { clientId, level, filter: 'c/#', ...more });
    t.after(one.kill);
    return one;
  };
  return { listener, send, device };
};
