import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectPacket, pubackPacket, pubackReader, publishPacket, subscribePacket } from './packets.ts';
import { ringOf } from './ring.ts';

it('writes the packets of the standard', () => {
  assert.deepEqual([...connectPacket('a')], [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x61]);
  assert.deepEqual([...publishPacket('t', 258, Buffer.from('x'))], [0x32, 6, 0, 1, 0x74, 1, 2, 0x78]);
  assert.deepEqual([...publishPacket('t', 1, Buffer.alloc(200)).subarray(0, 3)], [0x32, 0xcd, 0x01]);
  assert.deepEqual([...subscribePacket('t', 258)], [0x82, 6, 1, 2, 0, 1, 0x74, 1]);
  assert.deepEqual([...pubackPacket(258)], [0x40, 2, 1, 2]);
});

it('signs in with what it is given', () => {
  const connect = [...connectPacket('a', { signIn: { userName: 'b', password: 'cd' } })];
  assert.deepEqual(connect.slice(0, 12), [0x10, 20, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0xc2, 0, 0]);
  assert.deepEqual(connect.slice(12), [0, 1, 0x61, 0, 1, 0x62, 0, 2, 0x63, 0x64]);
});

it('writes those of MQTT 5, without properties', () => {
  const connect = [...connectPacket('a', { level: 5, clean: false })];
  assert.deepEqual(connect, [0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 0, 0, 0, 0, 0, 1, 0x61]);
  assert.deepEqual([...publishPacket('t', 258, Buffer.from('x'), 5)], [0x32, 7, 0, 1, 0x74, 1, 2, 0, 0x78]);
});

it('counts acknowledgements however their bytes are cut', () => {
  let due = 0;
  const reader = pubackReader(() => (due += 1));
  assert.equal(reader.read(Buffer.from([0x40, 2, 0, 1, 0x40]), 5), 1);
  assert.equal(reader.read(Buffer.from([2, 0, 2, 0x40, 2, 0, 3]), 7), 2);
});

it('refuses an acknowledgement out of order, and anything else', () => {
  const due = (): number => 1;
  assert.throws(() => pubackReader(due).read(Buffer.from([0x40, 2, 0, 2]), 4), /PUBACK of 2 where 1 is due/);
  assert.throws(() => pubackReader(due).read(Buffer.from([0x20, 2, 0, 0]), 4), /begins with 32/);
});

it('writes into each message when it is sent, with the offset that it has, and no time twice', () => {
  const times = ['2020-01-02T03:04:05.000001', '2020-01-02T03:04:05.000002Z', '2020-01-02T03:04:05.000003+01:00'];
  const ring = ringOf(times.map((time) => ({ topic: 't', payload: Buffer.from(`{"timestamp":"${time}"}`) })));
  const nowUs = Date.UTC(2026, 11, 31, 23, 59, 58, 7) * 1000;
  const written = (messages: number, us: number): readonly string[] =>
    [
      ...ring
        .next(messages, us)
        .toString('latin1')
        .matchAll(/timestamp":"([^"]+)/g),
    ].map(([, time = '']) => time);
  assert.deepEqual(written(2, nowUs), ['2026-12-31T23:59:58.007000', '2026-12-31T23:59:58.007001Z']);
  assert.deepEqual(written(2, nowUs), ['2027-01-01T00:59:58.007002+01:00']);
  assert.deepEqual(written(1, nowUs + 2_000_000), ['2027-01-01T00:00:00.007000']);
});
