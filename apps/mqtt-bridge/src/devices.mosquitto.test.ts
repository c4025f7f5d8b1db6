/** What a bridge at a broker sends to devices, and what becomes of it in the log. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { mosquittoMissing, testMosquitto } from '@plenum/local-mosquitto/testing';
import { rawDevice } from '@plenum/mqtt/testing';
import type { Log } from '@plenum/runtime';
import { memoryLog } from '@plenum/runtime/testing';
import { bridgeAt } from './testing/bridge-at-broker.ts';

it('a bridge at a broker sends a device what it is asked to, and records it once, as a command that was seen', {
  skip: mosquittoMissing,
  timeout: 60_000,
}, async (t) => {
  const broker = await testMosquitto(t, { tcpOnly: true });
  const log = memoryLog(topics);
  const bridge = bridgeAt(t, broker.port, log);
  await bridge.open;
  const device = await rawDevice(broker.port, { clientId: 'n7', filter: 'ceiling/commands/n7', qos: 1 });
  t.after(device.kill);
  const payload = Buffer.from('{"command":"calibrate"}');
  const delivery = bridge.devices().publish({ topic: 'ceiling/commands/n7', payload, expiryMs: 30_000 });
  assert.deepEqual(await delivery, { outcome: 'delivered', by: 'broker' }, 'whether the device has it or not');
  const received = await device.received();
  assert.equal(String(received.payload), '{"command":"calibrate"}');
  device.puback(received.messageId);
  while (bridge.received() < 1) await setTimeout(10);
  await bridge.stop();
  assert.deepEqual(await typesIn(log), ['CommandSeen']);
});

const typesIn = async (log: Log): Promise<readonly string[]> => {
  const codec = avroCodec(events);
  const types: string[] = [];
  for (const { name } of topics) {
    for (const { partition, first: from, next: to } of await log.positions(name)) {
      for await (const { records } of log.read({ topic: name, partition, from, to })) {
        for (const record of records) {
          const decoded = codec.decode(record);
          assert.ok(decoded.outcome === 'event');
          types.push(decoded.event.type.split('.').at(-1) ?? '');
        }
      }
    }
  }
  return types;
};
