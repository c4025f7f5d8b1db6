/** That a message is one event at the connect door, however often the broker sends it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { mosquittoMissing, packetProxy, publishMany, testMosquitto } from '@plenum/mqtt/testing';
import { type Log, leases } from '@plenum/runtime';
import { memoryLeaseTable, memoryLog, silentLogger } from '@plenum/runtime/testing';
import { bridgeSettings, settings } from './config.ts';
import { runBridge } from './run.ts';

/** Behind each of the first packets of a connection; `libs/mqtt` goes on to sixty, with messages that mean nothing. */
const cutsWanted = 20;

it('a message is one event, whichever packet the connection was cut behind', {
  skip: mosquittoMissing,
  timeout: 240_000,
}, async (t) => {
  const broker = await testMosquitto(t, { settings: ['max_inflight_messages 5'] });
  const log = memoryLog(topics);
  const first = bridgeAt(t, broker.port, log);
  await first.open; // It leaves a session, in which everything from now on waits.
  await first.stop();

  let sent = 0;
  const publish = async (count: number): Promise<void> => {
    await publishMany(
      broker.port,
      Array.from({ length: count }, (_, n) => reading(sent + n)),
    );
    sent += count;
  };
  await publish(200);
  const proxy = await packetProxy(t, broker.port, (n) => (n < cutsWanted ? n + 1 : undefined));
  const bridge = bridgeAt(t, proxy.port, log);
  // Messages come as long as there are cuts, so that every one of them finds something to cut.
  while (proxy.cuts() < cutsWanted) await publish(10);
  await publish(10);
  while ((await eventIds(log)).size < sent) await setTimeout(10);
  await bridge.stop();
  assert.equal((await eventIds(log)).size, sent);
});

const reading = (n: number) => ({
  topic: `ceiling/sensors/node_${n % 7}_temperature/data`,
  payload: JSON.stringify({
    sensor_type: 'temperature',
    value: n % 50,
    unit: '°C',
    timestamp: `2026-03-04T09:15:02.${String(n).padStart(6, '0')}`,
    location: { x: 1, y: 2, z: 3 },
  }),
});

const eventIds = async (log: Log): Promise<ReadonlySet<unknown>> => {
  const ids = new Set<unknown>();
  for (const { name: topic } of topics) {
    for (const { partition, first: from, next: to } of await log.positions(topic)) {
      for await (const { records } of log.read({ topic, partition, from, to })) {
        for (const { headers } of records) ids.add(headers.ce_id);
      }
    }
  }
  return ids;
};

const bridgeAt = (t: TestContext, port: number, log: Log) => {
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  const all = { ...bridgeSettings, ALLOW_UNAUTHENTICATED: settings.ALLOW_UNAUTHENTICATED };
  const config = readConfig(all, { DOOR: 'connect', MQTT_URL: `mqtt://127.0.0.1:${port}` });
  const held = leases({ store: memoryLeaseTable().open(), newHolder: randomUUID, logger: silentLogger });
  const parts = { config, log, codec: avroCodec(events), logger: silentLogger, leases: held };
  const ended = runBridge(
    {
      ...parts,
      onSession: (state) => {
        if (state === 'open') opened.resolve();
      },
    },
    stopping.signal,
  );
  ended.catch(opened.reject);
  const stop = (): Promise<void> => {
    stopping.abort();
    return ended;
  };
  t.after(stop);
  return { open: opened.promise, stop };
};
