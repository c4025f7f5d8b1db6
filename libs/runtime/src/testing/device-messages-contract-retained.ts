/** Contract tests of the way down to devices: what is retained. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Retention } from '../device-messages.ts';
import { TransientFailure } from '../errors.ts';
import type { OpenDeviceMessages } from './device-messages-contract-kit.ts';

const kept: Retention = { outcome: 'kept' };
const unknown: Retention = { outcome: 'unknown' };

export const retainedByPlenum = (open: OpenDeviceMessages): void => {
  it('are retained for who subscribes later, for ever, and for nobody as well', async (t) => {
    const { messages, device } = await open(t);
    assert.deepEqual(await messages.retain('r/node', Buffer.from('first')), kept);
    assert.deepEqual(await messages.retain('r/node', Buffer.from('last')), kept);
    assert.deepEqual(await messages.retain('r/other', Buffer.from('other')), kept);
    const { messageExpiryS, ...received } = await (await device('r/node')).received();
    assert.equal(messageExpiryS, undefined);
    const said = { topic: 'r/node', payload: 'last', qos: 1, retain: true, properties: {} };
    assert.deepEqual(received, said);
  });

  it('are sent to who subscribes already, as what is new', async (t) => {
    const { messages, device } = await open(t);
    const node = await device('r/#');
    assert.deepEqual(await messages.retain('r/node', Buffer.from('x')), kept);
    const { payload, qos, retain } = await node.received();
    assert.deepEqual([payload, qos, retain], ['x', 1, false]);
  });

  it('can be read, and are gone when nothing is retained in their place', async (t) => {
    const { messages, device } = await open(t);
    assert.equal(await messages.retainedOn('r/node'), undefined);
    await messages.retain('r/node', Buffer.from('x'));
    await messages.retain('r/node/below', Buffer.from('y'));
    assert.equal(String(await messages.retainedOn('r/node')), 'x');
    assert.deepEqual(await messages.retain('r/node', new Uint8Array()), kept);
    assert.equal(await messages.retainedOn('r/node'), undefined);
    assert.equal(String(await messages.retainedOn('r/node/below')), 'y');
    const node = await device('r/#');
    assert.equal((await node.received()).payload, 'y', 'and nothing of what was removed came before it');
    assert.deepEqual(await messages.retain('r/nothing', new Uint8Array()), kept, 'though nothing was there');
  });

  it('are asked for many at a time, each by its own topic', async (t) => {
    const { messages } = await open(t);
    const topics = Array.from({ length: 120 }, (_, n) => `r/${n}`);
    await Promise.all(topics.map((topic) => messages.retain(topic, Buffer.from(topic))));
    const found = await Promise.all(topics.map((topic) => messages.retainedOn(topic)));
    assert.deepEqual(found.map(String), topics);
  });

  it('are not kept that were given up before', async (t) => {
    const { messages } = await open(t);
    assert.deepEqual(await messages.retain('r/node', Buffer.from('x'), AbortSignal.abort()), unknown);
    assert.deepEqual(await messages.retain('r/other', Buffer.from('y'), new AbortController().signal), kept);
    assert.equal(await messages.retainedOn('r/node'), undefined);
  });

  it('are neither kept nor read for certain when it is closed', async (t) => {
    const { messages, close } = await open(t);
    await close();
    assert.deepEqual(await messages.retain('r/node', Buffer.from('x')), unknown);
    await assert.rejects(messages.retainedOn('r/node'), TransientFailure);
  });

  it('under a topic that is none are a mistake of who retains them', async (t) => {
    const { messages } = await open(t);
    for (const topic of ['', 'r/+', '#']) {
      await assert.rejects(messages.retain(topic, Buffer.from('x')), RangeError);
      await assert.rejects(messages.retainedOn(topic), RangeError);
    }
  });
};
