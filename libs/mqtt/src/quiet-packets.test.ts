import './quiet-packets.ts';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import mqttPacket, { type Packet } from 'mqtt-packet';

type Debug = ((namespace: string) => (text: string) => void) & { enable(names: string): void; log: unknown };

it('leaves mqtt-packet nothing to say, and everybody else what they say', () => {
  const sayer = 'debug';
  const debug = createRequire(import.meta.resolve('mqtt-packet'))(sayer) as Debug;
  const said: unknown[] = [];
  debug.log = (text: unknown) => void said.push(text);
  debug.enable('*');
  const packets: Packet[] = [];
  const parser = mqttPacket.parser();
  parser.on('packet', (packet: Packet) => void packets.push(packet));
  parser.parse(mqttPacket.generate({ cmd: 'publish', topic: 'a', payload: 'b', qos: 0, dup: false, retain: false }));
  assert.equal(packets.length, 1);
  assert.deepEqual(said, []);
  debug('another')('is heard');
  assert.equal(said.length, 1);
});
