/** A device that is killed between its PUBACK and its execution: whatever comes then, nobody may say that it was executed. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { commandSite } from '../examples/command-site.ts';
import { pahoDevice } from './paho-device.ts';

/** @param brokerPort where the bridge subscribes at a broker. */
export const diesBeforeExecution = async (t: TestContext, brokerPort?: number): Promise<void> => {
  const site = await commandSite(t, brokerPort === undefined ? {} : { brokerPort });
  const device = pahoDevice(t, site.port);
  device.start();
  await device.connected(1);
  const before = await site.send('chaos', { act: 'quick' });
  await site.reaches(before, 'Succeeded');
  // It kills itself when its PUBACK is on its way.
  const id = await site.send('chaos', { act: 'die' });
  await device.died();
  // At the connector nobody hears of its PUBACK.
  await site.reaches(id, brokerPort === undefined ? 'Delivered' : 'Sent');
  device.start();
  await device.connected(2);
  // It goes on with others, and has nothing to say of this one.
  const after = await site.send('chaos', { act: 'quick' });
  await site.reaches(after, 'Succeeded');
  await site.timeOut(id, 120_000);
  const life = await site.types(id);
  const delivered = brokerPort === undefined ? ['Delivered'] : [];
  assert.deepEqual(life, ['Requested', 'Accepted', 'Sent', ...delivered, 'Unanswered']);
  assert.deepEqual(await device.record(id), ['received', 'noted', 'begun']);
};
