/** A bridge in this process that subscribes at a broker of a test, and what became of what was published there. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { NodeStatusReported } from '@plenum/ceiling';
import { readConfig } from '@plenum/config';
import { type Event, isEvent } from '@plenum/event';
import { MessageQuarantined, MessagesDiscarded, type MessagesDiscardedData } from '@plenum/quarantine';
import { type Log, leases } from '@plenum/runtime';
import { memoryLeaseTable, silentLogger } from '@plenum/runtime/testing';
import type { Bridge } from '../bridge.ts';
import { bridgeSettings } from '../config.ts';
import { runBridge } from '../run.ts';

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

/** One of each kind that is counted by `messagesIn`. */
export const messagesOfAllKinds = [reading, status, malformed, beyond];

/** How many messages are in the log, by what they are; those with one id are one. */
export const messagesIn = async (log: Log): Promise<Readonly<Record<string, number>>> => {
  const codec = avroCodec(events);
  const recorded = new Map<string, number>();
  const counts: Record<string, number> = {};
  for (const { name } of topics) {
    for (const { partition, first: from, next: to } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from, to })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          if (decoded.outcome !== 'event') assert.fail('a record cannot be decoded');
          const { event } = decoded;
          const kind = kindOf(event);
          const before = recorded.get(event.id);
          // Tables are keyed by it too. The copy of a message that says which event it is may have another one.
          if (before !== undefined && kind !== 'reading') assert.equal(event.recordedTimeUs, before, kind);
          if (before !== undefined) continue;
          recorded.set(event.id, event.recordedTimeUs);
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

export const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

export const bridgeAt = (t: TestContext, port: number, log: Log) => {
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  const env = {
    MQTT_MODE: 'connect',
    MQTT_URL: `mqtt://127.0.0.1:${port}`,
    QUARANTINE_BURST: '20',
    QUARANTINE_PER_SECOND: '1',
  };
  const config = readConfig(bridgeSettings, env);
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
  return {
    ...{ open: opened.promise, stop },
    devices: () => bridge?.devices ?? assert.fail('the bridge is not there yet'),
    session: () => bridge?.broker?.(),
    received: () => bridge?.balance().received ?? 0,
  };
};
