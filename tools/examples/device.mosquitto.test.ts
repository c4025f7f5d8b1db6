/** The device of docs/examples/device behind a Mosquitto: its answer is all that says that it has a command. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import mqtt from 'mqtt';
import { commandSite } from './command-site.ts';
import { exampleDevice, noDevicePython } from './example-device.ts';

const skip = mosquittoMissing || noDevicePython;

it('a command to the example device succeeds by its answer alone', { skip, timeout: 60_000 }, async (t) => {
  const { port } = await testMosquitto(t, { tcpOnly: true });
  const site = await commandSite(t, { brokerPort: port });
  const device = exampleDevice(t, '5');
  const others = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 });
  t.after(() => others.endAsync(true));
  const commands: Buffer[] = [];
  const answers = new Map<string, number>();
  const { promise: answeredTwice, resolve } = Promise.withResolvers<void>();
  others.on('message', (topic, payload) => {
    if (topic.startsWith('ceiling/commands')) commands.push(payload);
    else answers.set(String(payload), (answers.get(String(payload)) ?? 0) + 1);
    if ([...answers.values()].includes(2)) resolve();
  });
  await others.subscribeAsync(['ceiling/commands/node-1', 'ceiling/nodes/node-1/responses'], { qos: 1 });
  device.start(port);
  await device.says(/subscribed/);
  const id = await site.send('calibrate');
  await site.reaches(id, 'Succeeded');
  assert.deepEqual(await site.types(id), ['Requested', 'Accepted', 'Sent', 'Delivered', 'Succeeded']);
  assert.equal(await site.evidence(id), 'answer');
  // A broker may send it again.
  await others.publishAsync('ceiling/commands/node-1', commands[0] ?? '', { qos: 1 });
  await answeredTwice;
  assert.deepEqual(device.executed(), [id]);
  assert.equal(answers.size, 1, 'the same bytes');
  // Of what the broker gives back to Plenum, only what is not its own was seen.
  await others.publishAsync('ceiling/commands/node-1', '{"command":"by somebody else"}', { qos: 1 });
  assert.deepEqual(await site.seen(1), ['by somebody else']);
});
