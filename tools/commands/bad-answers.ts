/** Answers that fit to no command, at either way in: each is quarantined with its reason, and moves nothing. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import mqtt from 'mqtt';
import { commandSite } from '../examples/command-site.ts';

/** @param brokerPort where the bridge subscribes at a broker. */
export const answersBadly = async (t: TestContext, brokerPort?: number): Promise<void> => {
  const site = await commandSite(t, brokerPort === undefined ? {} : { brokerPort });
  const early = await site.send('calibrate');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${site.port}`, { clientId: 'node-1', protocolVersion: 5 });
  t.after(() => client.endAsync(true));
  const say = async (nodeId: string, said: unknown): Promise<void> => {
    const payload = typeof said === 'string' ? said : JSON.stringify(said);
    // With MQTT 5 the listener acknowledges what it cannot read with its reason.
    await client.publishAsync(`ceiling/nodes/${nodeId}/responses`, payload, { qos: 1 }).catch((error: unknown) => {
      assert.ok(error instanceof mqtt.ErrorWithReasonCode, String(error));
    });
  };
  const succeeded = (command_id: string) => ({ command_id, outcome: 'succeeded' });
  if (brokerPort === undefined) {
    // Nobody listens, so it is not sent.
    await say('node-1', succeeded(early));
    assert.deepEqual(await site.quarantined(1), ['answer-not-now']);
    assert.deepEqual(await site.types(early), ['Requested', 'Accepted']);
  }
  const before = (await site.quarantined(0)).length;
  await client.subscribeAsync('ceiling/commands/node-1', { qos: 1 });
  await site.reaches(early, 'Sent');

  await say('node-1', succeeded(randomUUID()));
  await say('node-2', succeeded(early));
  await say('node-1', { ...succeeded(early), command_id: 'no UUID' });
  await say('node-1', { command_id: early, outcome: 'exploded' });
  await say('node-1', { ...succeeded(early), detail: 'x'.repeat(1 << 20) });
  await say('node-1', { ...succeeded(early), result: { x: 'x'.repeat(1 << 20) } });
  await say('node-1', `{"command_id":"${early}","outcome":`);
  const reasons = await site.quarantined(before + 7);
  const moved = (await site.types(early)).filter((type) => type !== 'Delivered' && type !== 'Sent');
  assert.deepEqual(moved, ['Requested', 'Accepted']);

  await say('node-1', succeeded(early));
  await site.reaches(early, 'Succeeded');
  const life = await site.types(early);
  await say('node-1', { ...succeeded(early), outcome: 'failed' });
  const all = await site.quarantined(reasons.length + 1);
  assert.deepEqual(await site.types(early), life);
  const late = brokerPort === undefined ? ['answer-not-now', 'answer-not-now'] : ['answer-not-now'];
  assert.deepEqual(all, ['answer-forbidden', 'answer-not-found', ...late, ...unread].toSorted());
};

/** Of those that are not even read. */
const unread = ['bad-identifier', 'not-json', 'oversized', 'oversized', 'unknown-value'];
