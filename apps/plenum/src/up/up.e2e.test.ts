import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDirectory } from '@plenum/postgres/testing';
import { plenumUp } from '../testing/plenum-up.ts';

it('is not ready while the broker is away, whose messages it takes', { timeout: 120_000 }, async (t) => {
  const sockets = new Set<Socket>();
  const broker = createServer((socket) => void sockets.add(socket)); // It takes connections, and says nothing.
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    broker.close();
  });
  const address = broker.address();
  const port = typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
  const place = { PLENUM_DATA_DIR: testDirectory(t), MQTT_MODE: 'connect', MQTT_URL: `mqtt://127.0.0.1:${port}` };
  const up = await plenumUp(t, place);
  const asked = async () => {
    const response = await fetch(`${up.apiUrl}/api/v1/health/ready`);
    // As the route declares it.
    return { status: response.status, said: (await response.json()) as { readonly down?: unknown } };
  };
  // Until it has the lease it stands by, and that is well.
  let answer = await asked();
  for (; answer.status === 200; answer = await asked()) await sleep(20);
  assert.deepEqual([answer.status, answer.said.down], [503, { mqtt: 'no-session' }]);
  assert.equal((await fetch(`${up.apiUrl}/api/v1/health/live`)).status, 200);
  await up.stop();
});
