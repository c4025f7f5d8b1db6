/** Commands behind a real Mosquitto, to a device of paho: bridge, broker and device are killed between every two of their states. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { mosquittoMissing, type TestMosquitto, testMosquitto } from '@plenum/local-mosquitto/testing';
import mqtt from 'mqtt';
import { commandSite } from '../examples/command-site.ts';
import { diesBeforeExecution } from './dead-device.ts';
import { noPaho, pahoDevice } from './paho-device.ts';

const skip = mosquittoMissing || noPaho;

const started = async (t: TestContext) => {
  const broker = await testMosquitto(t, { tcpOnly: true });
  const site = await commandSite(t, { brokerPort: broker.port });
  const device = pahoDevice(t, broker.port);
  device.start();
  await device.connected(1);
  // It has subscribed, and its session stays when it goes.
  await site.reaches(await site.send('chaos', { act: 'quick' }), 'Succeeded');
  return { broker, site, device };
};

const executions = (record: readonly string[]): number => record.filter((what) => what === 'executed').length;

describe('a command behind Mosquitto', { skip, timeout: 90_000 }, () => {
  it('is unanswered where its device was killed between its PUBACK and its execution', async (t) =>
    diesBeforeExecution(t, (await testMosquitto(t, { tcpOnly: true })).port));

  it('is executed once where the bridge was away when it was asked for', async (t) => {
    const { site, device } = await started(t);
    await site.killBridge();
    const id = await site.send('chaos', { act: 'quick' });
    assert.deepEqual(await site.types(id), ['Requested', 'Accepted']);
    await site.startBridge();
    await site.reaches(id, 'Succeeded');
    assert.equal(executions(await device.record(id)), 1);
  });

  it('is executed once where the bridge was killed between its claim and the word of the broker', async (t) => {
    const { broker, site, device } = await started(t);
    broker.freeze();
    const id = await site.send('chaos', { act: 'quick' });
    await site.reaches(id, 'Sent');
    await site.killBridge();
    broker.thaw();
    await site.startBridge();
    await site.reaches(id, 'Succeeded');
    assert.equal(executions(await device.record(id)), 1);
  });

  it('is executed once where the bridge was killed when the broker had it, and its device was away', async (t) => {
    const { site, device } = await started(t);
    await device.kill();
    const id = await site.send('chaos', { act: 'quick' });
    await site.reaches(id, 'Sent');
    await site.killBridge();
    await site.startBridge();
    // Nobody knows what became of the first attempt, so there is a second one.
    await site.reaches(id, 'Sent', 2);
    device.start();
    await site.reaches(id, 'Succeeded');
    assert.equal(executions(await device.record(id)), 1);
  });

  it('succeeds where the bridge was killed while it was executed: the answer waits at the broker', async (t) => {
    const { site, device } = await started(t);
    const id = await site.send('chaos', { act: 'slow' });
    await device.wrote('begun', id);
    await site.killBridge();
    await device.wrote('executed', id);
    await site.startBridge();
    await site.reaches(id, 'Succeeded');
    assert.equal(executions(await device.record(id)), 1);
  });

  it('is unanswered and was not executed where the broker was killed with it', async (t) => {
    const { broker, site, device } = await started(t);
    await device.kill();
    const takenByBroker = await observed(t, broker.port);
    const id = await site.send('chaos', { act: 'quick' });
    await site.reaches(id, 'Sent');
    // Else the bridge, which has no PUBACK then, would publish it again.
    await takenByBroker(id);
    await killed(broker);
    device.start();
    await device.connected(2);
    const other = await site.send('chaos', { act: 'quick' });
    await site.reaches(other, 'Succeeded');
    await site.timeOut(id, 120_000);
    assert.equal((await site.types(id)).at(-1), 'Unanswered');
    assert.equal(executions(await device.record(id)), 0);
  });

  it('is executed once where the device was killed before its answer was acknowledged', async (t) => {
    const { broker, site, device } = await started(t);
    const id = await site.send('chaos', { act: 'slow' });
    await device.wrote('begun', id);
    broker.freeze();
    await device.wrote('executed', id);
    await device.wrote('answer', id);
    await device.kill();
    broker.thaw();
    device.start();
    await site.reaches(id, 'Succeeded');
    assert.equal(executions(await device.record(id)), 1);
  });
});

/** What the broker hands to somebody else, it has. */
const observed = async (t: TestContext, port: number): Promise<(commandId: string) => Promise<void>> => {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  t.after(() => client.end(true));
  client.on('error', () => undefined); // Its broker is killed.
  const seen = new Set<string>();
  client.on('message', (_, payload) => {
    seen.add((JSON.parse(String(payload)) as { readonly command_id: string }).command_id);
  });
  await client.subscribeAsync('ceiling/commands/+', { qos: 1 });
  return async (commandId) => {
    while (!seen.has(commandId)) await new Promise<void>((heard) => client.once('message', () => heard()));
  };
};

const killed = async (broker: TestMosquitto): Promise<void> => {
  await broker.stop('SIGKILL');
  await broker.start();
};
