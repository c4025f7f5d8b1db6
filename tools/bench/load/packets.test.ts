import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectPacket, pubackReader, publishPacket } from './packets.ts';
import { ringOf } from './ring.ts';

it('writes the packets of the standard', () => {
  assert.deepEqual([...connectPacket('a')], [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 1, 0x61]);
  assert.deepEqual([...publishPacket('t', 258, Buffer.from('x'))], [0x32, 6, 0, 1, 0x74, 1, 2, 0x78]);
  assert.deepEqual([...publishPacket('t', 1, Buffer.alloc(200)).subarray(0, 3)], [0x32, 0xcd, 0x01]);
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

it('sends no message twice: every lap writes other microseconds', () => {
  const payload = (n: number) => Buffer.from(`{"timestamp":"2026-01-02T03:04:05.00${n}001"}`);
  const ring = ringOf([1, 2, 3].map((n) => ({ topic: 't', payload: payload(n) })));
  const first = ring.next(2).toString('latin1');
  assert.match(first, /05\.001000.*05\.002000/s);
  assert.match(ring.next(2).toString('latin1'), /05\.003000/);
  assert.match(ring.next(3).toString('latin1'), /05\.001001.*05\.002001.*05\.003001/s);
});
