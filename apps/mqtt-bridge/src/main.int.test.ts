import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { publishPacket, type RawClient, rawConnected } from '@plenum/mqtt/testing';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { startProgram } from '@plenum/runtime/testing';

it('loses nothing it acknowledged: the database is killed, clients come again, and SIGTERM drains', async (t) => {
  const server = await testServer(t);
  const environment = { MQTT_PORT: '0', MQTT_WS_PORT: '0', BRIDGE_PROBES_PORT: '0', MQTT_HOLD_MAX: '1s' };
  const bridge = start(t, { DATABASE_URL: server.url, ...environment });
  const { port: probes = 0 } = await bridge.said('probes are served');
  const { tcp } = await bridge.said('the bridge takes MQTT connections');
  const port = tcp?.port ?? 0;

  const devices = Array.from({ length: 10 }, (_, n) => device(port, `device-${n}`, 100));
  await Promise.all(devices.map(({ reached }) => reached(50)));
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await Promise.all(devices.map(({ reached }) => reached(100)));
  const ready = await fetch(`http://127.0.0.1:${probes}/health/ready`);
  assert.equal(ready.status, 200);
  const metrics = await (await fetch(`http://127.0.0.1:${probes}/metrics`)).text();
  assert.match(metrics, /plenum_bridge_messages_total\{outcome="appended"\} \d+/);

  bridge.process.kill('SIGTERM');
  const { balance } = await bridge.said('the bridge has stopped');
  assert.deepEqual(await bridge.exited, [0, null]);
  assert.equal(balance?.inHand, 0);
  const kept = await readings(server.url);
  for (const { name } of devices) {
    for (let value = 0; value < 100; value += 1) assert.ok(kept.has(`${name} ${value}`), `${name} ${value} is lost`);
  }
});

it('says which settings do not fit, and exits with 78', async (t) => {
  const bridge = start(t, { MQTT_MAX_PACKET: 'huge', DEVICE_TIME_ZONE: 'Nowhere/Land' });
  assert.deepEqual(await bridge.exited, [78, null]);
  assert.match(bridge.stderr(), /MQTT_MAX_PACKET/);
  assert.match(bridge.stderr(), /DEVICE_TIME_ZONE/);
});

/** Publishes readings one after the other, each until it is acknowledged, over as many connections as that takes. */
const device = (port: number, name: string, count: number) => {
  let acknowledged = 0;
  const waiters: { readonly at: number; readonly resolve: () => void }[] = [];
  const run = async (): Promise<void> => {
    let client: RawClient | undefined;
    while (acknowledged < count) {
      try {
        client ??= await rawConnected(port, { clientId: name });
        const topic = `ceiling/sensors/${name}_humidity/data`;
        client.send(publishPacket(topic, reading(acknowledged), { messageId: acknowledged + 1 }));
        const { cmd, messageId } = await client.next();
        assert.deepEqual([cmd, messageId], ['puback', acknowledged + 1]);
        acknowledged += 1;
        for (const { at, resolve } of waiters) if (acknowledged >= at) resolve();
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        client?.kill(); // Closed without an acknowledgement, or refused: what a device does then is try again.
        client = undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    client?.kill();
  };
  const running = run();
  return {
    name,
    reached: (at: number): Promise<void> => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (acknowledged >= at) resolve();
      waiters.push({ at, resolve });
      running.catch(reject);
      return promise;
    },
  };
};

const reading = (value: number): string =>
  JSON.stringify({
    sensor_type: 'humidity',
    value,
    unit: '%',
    timestamp: `2026-03-04T09:15:02.${String(value).padStart(6, '0')}`,
    location: { x: 1, y: 2, z: 3 },
  });

type Said = {
  readonly msg: string;
  readonly port?: number;
  readonly tcp?: { readonly port: number };
  readonly balance?: { readonly inHand: number };
};

const main = new URL('./main.ts', import.meta.url).pathname;
const start = (t: TestContext, env: Readonly<Record<string, string>>) => {
  const bridge = startProgram(t, { words: [main], env });
  // The bridge logs these fields with these messages.
  return { ...bridge, said: (message: string): Promise<Said> => bridge.logged(message) };
};

const readings = async (url: string): Promise<ReadonlySet<string>> => {
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({ applicationName: 'test', connectionsMax: 4, logger: silentLogger, url });
  opened.defer(() => database.close());
  const log = await postgresLog({ pool: database.pool, topics, logger: silentLogger });
  opened.defer(() => log.close());
  const codec = avroCodec(events);
  const kept = new Set<string>();
  for (const { name } of topics) {
    for (const { partition, first, next } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from: first, to: next })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          assert.ok(decoded.outcome === 'event');
          // Only readings were published.
          const { node_id, value } = decoded.event.data as { readonly node_id: string; readonly value: number };
          kept.add(`${node_id} ${value}`);
        }
      }
    }
  }
  return kept;
};
