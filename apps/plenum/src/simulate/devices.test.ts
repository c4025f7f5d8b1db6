import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mqttPacket from 'mqtt-packet';
import { connectDevices } from './devices.ts';

test('what is published while connections come and go is acknowledged in the end', { timeout: 120_000 }, async (t) => {
  const broker = await unsteadyBroker(t, 4);
  const devices = await connectDevices({
    ...{ url: broker.url, clientIds: ['one'], windowMax: 10_000, connectTimeoutMs: 10_000 },
    ...{ stop: t.signal, counts: { connected: 0, reconnects: 0 } },
  });
  let [published, acknowledged] = [0, 0];
  while (!broker.isSteady()) {
    for (let n = 0; n < 5; n += 1, published += 1) {
      const message = { topic: `t/${published}`, payload: Buffer.from('x'), retain: false };
      await devices.publish(0, message, (taken) => (acknowledged += taken ? 1 : 0));
    }
    // Often enough to fall into the moments in which a connection sends what the one before it left.
    await sleep(2);
  }
  await devices.drained();
  await devices.close();
  assert.equal(acknowledged, published);
});

/** Cuts the first connections after a few messages, and is a broker to those after. */
const unsteadyBroker = async (t: TestContext, cuts: number) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const cut = connections <= cuts;
    let messages = 0;
    const parser = mqttPacket.parser();
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        socket.write(mqttPacket.generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }));
      } else if (packet.cmd === 'publish') {
        messages += 1;
        if (cut && messages > 20) socket.destroy();
        else socket.write(mqttPacket.generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
      }
    });
    socket.on('data', (bytes: Buffer) => parser.parse(bytes));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `mqtt://127.0.0.1:${address.port}`, isSteady: () => connections > cuts };
};
