/** A message to a device that its sender sends again by itself, and who hears of subscriptions. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Delivery } from '@plenum/runtime';
import { opened } from '../testing/listener-under-test.ts';
import { type RawDevice, rawDevice } from '../testing/raw-device.ts';

it('a message that goes once is not kept for a device that was cut off, and is settled with its connection', async (t) => {
  const listener = await opened(t);
  const send = (text: string): Promise<Delivery> =>
    listener.publish({ topic: 'c/node', payload: Buffer.from(text), expiryMs: 20_000, once: true });
  const device = async (filter: string | undefined): Promise<RawDevice> => {
    const one = await rawDevice(listener.port, { clientId: 'node', level: 5, clean: false, filter });
    t.after(one.kill);
    return one;
  };
  const heard: string[] = [];
  listener.clients.onChange((change) => heard.push(change.change));
  const to = { topic: 'c/node', clientId: 'node' };
  assert.equal(listener.clients.reaches(to), false);
  const node = await device('c/#');
  assert.equal(listener.clients.reaches(to), true);
  assert.equal(listener.clients.reaches({ ...to, clientId: 'other' }), false);
  const sent = send('first');
  await node.received();
  node.kill();
  assert.deepEqual(await sent, { outcome: 'expired' });
  assert.equal(listener.clients.reaches(to), false);
  const back = await device(undefined);
  assert.equal(listener.clients.reaches(to), true);
  const next = send('next');
  const { dup, payload, messageId } = await back.received();
  assert.deepEqual([dup, String(payload)], [false, 'next']);
  back.puback(messageId);
  assert.deepEqual(await next, { outcome: 'delivered', by: 'device' });
  await back.hearsNothing();
  assert.deepEqual(heard, ['connected', 'subscribed', 'disconnected', 'connected']);
});
