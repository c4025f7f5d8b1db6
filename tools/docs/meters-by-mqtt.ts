/** Run in a copy that has the domain of `add-a-domain.md`: a device publishes, and is answered when it is in the log. */
import assert from 'node:assert/strict';
import { avroCodec } from '@plenum/avro';
import { events, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { ids, publishPacket, rawConnected } from '@plenum/mqtt/testing';
import { type Bridge, bridgeSettings, runBridge } from '@plenum/mqtt-bridge';
import { memoryLog, memorySessions, silentLogger } from '@plenum/runtime/testing';

const config = readConfig(bridgeSettings, { MQTT_PORT: '0', MQTT_WS_PORT: '0' });
assert.deepEqual(config.MQTT_FILTERS, ['ceiling/#', 'meters/#']);

const log = memoryLog(topics);
const codec = avroCodec(events);
const stopping = new AbortController();
const listening = Promise.withResolvers<Bridge>();
const onListening = listening.resolve;
const ended = runBridge(
  { config, log, codec, logger: silentLogger, onListening, sessions: memorySessions().open() },
  stopping.signal,
);
ended.catch(listening.reject);
const device = await rawConnected((await listening.promise).tcp?.port ?? 0, { clientId: 'meter' });
device.send(publishPacket('meters/m1/total', '{"total_kwh":1234.5}', { messageId: 1 }));
assert.deepEqual(await ids(device, 1), ['puback 1']);
device.kill();
stopping.abort();
await ended;

for (const { partition, first, next } of await log.positions('plenum.meter.meters')) {
  for await (const { records } of log.read({ topic: 'plenum.meter.meters', partition, from: first, to: next })) {
    for (const record of records) {
      const decoded = codec.decode(record);
      assert.ok(decoded.outcome === 'event');
      console.log(JSON.stringify([decoded.event.type, decoded.event.data]));
    }
  }
}
