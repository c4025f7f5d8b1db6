/** That a message is one event at the connect door, however often the broker sends it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { NodeStatusReported } from '@plenum/ceiling';
import { readConfig } from '@plenum/config';
import { type Event, isEvent } from '@plenum/event';
import { shippedConfiguration } from '@plenum/mqtt';
import { mosquittoMissing, packetProxy, publishMany, testMosquitto } from '@plenum/mqtt/testing';
import { MessageQuarantined, MessagesDiscarded, type MessagesDiscardedData } from '@plenum/quarantine';
import { type Log, leases } from '@plenum/runtime';
import { memoryLeaseTable, memoryLog, silentLogger } from '@plenum/runtime/testing';
import { bridgeSettings, settings } from './config.ts';
import { type Bridge, runBridge } from './run.ts';

/** Behind each of the first packets of a connection; `libs/mqtt` goes on to sixty, with messages that mean nothing. */
const cutsWanted = 20;

it('a message is one event, whichever packet the connection was cut behind', {
  skip: mosquittoMissing,
  timeout: 240_000,
}, async (t) => {
  const broker = await testMosquitto(t, { file: shippedConfiguration(), settings: ['max_inflight_messages 5'] });
  const log = memoryLog(topics);
  const first = bridgeAt(t, broker.port, log);
  await first.open; // It leaves a session, in which everything from now on waits.
  await first.stop();

  let sent = 0;
  const publish = async (rounds: number): Promise<void> => {
    await publishMany(
      broker.port,
      Array.from({ length: rounds }, (_, n) => messages.map((message) => message(sent + n))).flat(),
    );
    sent += rounds;
  };
  await publish(50);
  const proxy = await packetProxy(t, broker.port, (n) => (n < cutsWanted ? n + 1 : undefined));
  const bridge = bridgeAt(t, proxy.port, log);
  // Messages come as long as there are cuts, so that every one of them finds something to cut.
  while (proxy.cuts() < cutsWanted) await publish(3);
  await publish(3);
  while (total(await messagesIn(log)) < sent * messages.length) await setTimeout(10);
  await bridge.stop();
  assert.deepEqual(await messagesIn(log), {
    reading: sent,
    status: sent,
    malformed: sent,
    'beyond the budget': sent,
  });
  assert.ok(bridge.redelivered() > cutsWanted, 'nothing came again, so nothing was shown');
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

/** Many of them have the same bytes, and each is an event of its own. */
const status = (n: number) => ({ topic: `ceiling/nodes/node_${n % 2}/status`, payload: '{"status":"online"}' });

/** On so many topics that most are within the budget, which is for each topic. */
const malformed = (n: number) => ({ topic: `ceiling/nodes/node_${n % 50}/status`, payload: '{"status":' });

/** Soon beyond its budget. */
const beyond = () => ({ topic, payload: 'nobody understands this' });
const topic = 'ceiling/other';

const messages = [reading, status, malformed, beyond];

/** How many messages are in the log, by what they are; those with one id are one. */
const messagesIn = async (log: Log): Promise<Readonly<Record<string, number>>> => {
  const codec = avroCodec(events);
  const seen = new Set<string>();
  const counts: Record<string, number> = {};
  for (const { name } of topics) {
    for (const { partition, first: from, next: to } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from, to })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          if (decoded.outcome !== 'event') assert.fail('a record cannot be decoded');
          const { event } = decoded;
          if (seen.has(event.id)) continue;
          seen.add(event.id);
          const kind = kindOf(event);
          counts[kind] =
            (counts[kind] ?? 0) + (isEvent<MessagesDiscardedData>(MessagesDiscarded, event) ? event.data.messages : 1);
        }
      }
    }
  }
  return counts;
};

const kindOf = ({ type, source }: Event): string => {
  if (source === topic) return 'beyond the budget';
  if (type === MessageQuarantined.type || type === MessagesDiscarded.type) return 'malformed';
  return type === NodeStatusReported.type ? 'status' : 'reading';
};

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const bridgeAt = (t: TestContext, port: number, log: Log) => {
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  const all = { ...bridgeSettings, ALLOW_UNAUTHENTICATED: settings.ALLOW_UNAUTHENTICATED };
  const env = {
    DOOR: 'connect',
    MQTT_URL: `mqtt://127.0.0.1:${port}`,
    QUARANTINE_BURST: '20',
    QUARANTINE_PER_SECOND: '1',
  };
  const config = readConfig(all, env);
  const held = leases({ store: memoryLeaseTable().open(), newHolder: randomUUID, logger: silentLogger });
  const parts = { config, log, codec: avroCodec(events), logger: silentLogger, leases: held };
  let bridge: Bridge | undefined;
  const ended = runBridge(
    {
      ...parts,
      onListening: (listening) => {
        bridge = listening;
      },
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
  return { open: opened.promise, stop, redelivered: () => bridge?.broker?.().redelivered ?? 0 };
};
