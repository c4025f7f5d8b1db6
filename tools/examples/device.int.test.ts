/** The device of docs/examples/device at a bridge that listens: what it does once, what it never claims, what it keeps. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { commandSite } from './command-site.ts';
import { exampleDevice, noDevicePython, runLight } from './example-device.ts';

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
    const order = (count: number) => Array.from({ length: count }, (_, index) => index);
    assert.deepEqual(await site.readings(80), [...order(30), ...order(50)]);
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

/** Where a device gets to the bridge, and its first PUBACK does not: its connection is lost instead. */
const losingFirstPuback = async (t: TestContext, port: number): Promise<number> => {
  let isLost = false;
  const sockets: Socket[] = [];
  const server = createServer((device) => {
    const bridge = connect(port, '127.0.0.1');
    sockets.push(device, bridge);
    const cut = (): void => {
      device.destroy();
      bridge.destroy();
    };
    for (const socket of [device, bridge]) socket.on('error', cut).on('close', cut);
    bridge.on('data', (bytes) => device.write(bytes));
    device.on('data', (bytes) => {
      // Without an encoding it is no text.
      if (isLost || typeof bytes === 'string' || !hasPuback(bytes)) bridge.write(bytes);
      else {
        isLost = true;
        cut();
      }
    });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('it does not listen');
};

/** Of whole packets, none of them longer than 16 KiB. */
const hasPuback = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0x40) return true;
    const [low = 0, high = 0] = bytes.subarray(at + 1, at + 3);
    at += low < 128 ? 2 + low : 3 + (low - 128) + 128 * high;
  }
  return false;
};
