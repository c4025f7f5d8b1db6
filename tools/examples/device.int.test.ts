/** The device of docs/examples/device at a bridge that listens: what it does once, what it never claims, what it keeps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandSite } from './command-site.ts';
import { exampleDevice, noDevicePython, runLight } from './example-device.ts';
import { holdingConnack, losingFirstPuback } from './way-between.ts';

for (const version of ['5', '3.1.1'] as const) {
  describe(`the example device over MQTT ${version}`, { skip: noDevicePython, timeout: 60_000 }, () => {
    it('executes a command and answers it, and says why one failed', async (t) => {
      const site = await commandSite(t);
      const device = exampleDevice(t, version);
      device.start(site.port);
      const [done, failed] = [await site.send('calibrate', { wait: true }), await site.send('break')];
      await site.reaches(done, 'Executing');
      device.go();
      await site.reaches(done, 'Succeeded');
      await site.reaches(failed, 'Failed');
      assert.deepEqual(device.executed(), [done, failed]);
      const life = ['Requested', 'Accepted', 'Sent', 'Delivered', 'Executing', 'Succeeded'];
      assert.deepEqual(await site.types(done), life);
    });

    it('executes a command once that comes twice, for want of its PUBACK', async (t) => {
      const site = await commandSite(t);
      const device = exampleDevice(t, version);
      const between = await losingFirstPuback(t, site.port);
      const id = await site.send('calibrate', { wait: true });
      device.start(between);
      await site.reaches(id, 'Sent', 2);
      await site.reaches(id, 'Delivered');
      device.go();
      await site.reaches(id, 'Succeeded');
      await device.says(new RegExp(`command ${id} comes again`));
      assert.deepEqual(device.executed(), [id]);
    });
  });
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('the example device', { skip: noDevicePython, timeout: 60_000 }, () => {
  it('executes what it had only noted when it was killed, and never what it had begun', async (t) => {
    const site = await commandSite(t);
    const device = exampleDevice(t, '5');
    device.start(site.port);
    const begun = await site.send('calibrate', { wait: true });
    const noted = await site.send('calibrate');
    await device.began(begun);
    await site.reaches(begun, 'Executing');
    await site.reaches(noted, 'Delivered');
    await device.kill();
    assert.deepEqual(device.executed(), []);
    device.start(site.port);
    await site.reaches(noted, 'Succeeded');
    await site.timeOut(begun, 120_000);
    assert.deepEqual(device.executed(), [noted]);
    assert.equal((await site.types(begun)).at(-1), 'Unanswered');
  });

  it('leaves a command that has expired before it could begin', async (t) => {
    const site = await commandSite(t);
    const device = exampleDevice(t, '5');
    device.start(site.port);
    const first = await site.send('calibrate', { wait: true });
    await device.began(first);
    const late = await site.send('calibrate', {}, 2_500);
    await site.reaches(late, 'Delivered');
    const { promise: expired, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 2_500); // It is this time that the test is about.
    await expired;
    device.go();
    await site.reaches(late, 'Failed');
    assert.deepEqual(device.executed(), [first]);
  });

  it('keeps readings while the bridge is away, over its own death, and publishes them in order', async (t) => {
    const site = await commandSite(t);
    const device = exampleDevice(t, '5');
    device.start(site.port);
    await device.read(30);
    await site.readings(30);
    await site.killBridge();
    await device.read(50);
    await device.kill();
    device.start(site.port);
    await site.startBridge();
    assert.deepEqual(await site.readings(80), [...upTo(30), ...upTo(50)]);
  });

  it('publishes in order what it read before it had a connection, and while it got one', async (t) => {
    const site = await commandSite(t);
    const between = await holdingConnack(t, site.port);
    const device = exampleDevice(t, '5');
    device.start(between.port);
    await device.read(5);
    await between.listen();
    await device.read(10);
    between.let();
    assert.deepEqual(await site.readings(15), [...upTo(5), ...upTo(10)]);
  });
});

it('the light of the example can be switched, and says how bright it is', {
  skip: noDevicePython,
  timeout: 60_000,
}, async (t) => {
  const site = await commandSite(t);
  runLight(t, site.port);
  const id = await site.send('switch', { on: true });
  await site.reaches(id, 'Succeeded');
  const other = await site.send('dance');
  await site.reaches(other, 'Failed');
  assert.deepEqual(await site.readings(1), [0]);
});
