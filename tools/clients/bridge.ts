/** The bridge as a process of its own that listens for MQTT, over a PostgreSQL that outlives it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { openDatabase, postgresLog } from '@plenum/postgres';
import { silentLogger, testServer } from '@plenum/postgres/testing';
import { type StartedProgram, startProgram } from '@plenum/runtime/testing';
import { launched } from '../launched.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const main = path.resolve(import.meta.dirname, '../../apps/mqtt-bridge/src/main.ts');

/** Started; it and its PostgreSQL are gone after the test. */
export const bridgeUnderTest = async (t: TestContext): Promise<ServerUnderTest> => {
  const { url } = await testServer(t);
  let bridge: StartedProgram | undefined;
  let port = 0;
  const start = async (): Promise<void> => {
    const ports = { MQTT_PORT: '0', MQTT_WS_PORT: '0', BRIDGE_PROBES_PORT: '0' };
    bridge = startProgram(t, { words: [main], env: { ...launched(), ...ports, DATABASE_URL: url } });
    const { tcp } = await bridge.logged('the bridge takes MQTT connections');
    ({ port } = tcp as { readonly port: number }); // As the bridge logs it.
  };
  await start();
  return {
    port: () => port,
    start,
    kill: async () => {
      bridge?.process.kill('SIGKILL');
      assert.deepEqual(await bridge?.exited, [null, 'SIGKILL']);
    },
    kept: () => keptBy(url),
    readings: 400,
  };
};

const keptBy = async (url: string): Promise<ReadonlyMap<string, number>> => {
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({ applicationName: 'test', connectionsMax: 4, logger: silentLogger, url });
  opened.defer(() => database.close());
  const log = await postgresLog({ pool: database.pool, topics, logger: silentLogger });
  opened.defer(() => log.close());
  const codec = avroCodec(events);
  const kept = new Map<string, Set<string>>();
  // What the bridge itself says of its clients is not theirs.
  for (const { name } of topics.filter((topic) => topic.name !== 'plenum.device.presence')) {
    for (const { partition, first, next } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from: first, to: next })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          assert.ok(decoded.outcome === 'event');
          const { id, data } = decoded.event;
          const { command = id } = data as { readonly command?: string }; // Of readings and commands only these have one.
          kept.set(command, (kept.get(command) ?? new Set()).add(id));
        }
      }
    }
  }
  return new Map([...kept].map(([name, ids]) => [name, ids.size]));
};
