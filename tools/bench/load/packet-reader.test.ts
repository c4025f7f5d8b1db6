import assert from 'node:assert/strict';
import { it } from 'node:test';
import { packetReader, publishedIn } from './packet-reader.ts';
import { pubackPacket, publishPacket } from './packets.ts';

it('reads packets however their bytes are cut', () => {
  const both = Buffer.concat([publishPacket('t', 258, Buffer.alloc(200, 'x')), pubackPacket(7)]);
  for (let cut = 1; cut < both.length; cut += 1) {
    const seen: string[] = [];
    const reader = packetReader((first, body) => seen.push(`${first} ${body.length}`));
    reader.read(both.subarray(0, cut));
    reader.read(both.subarray(cut));
    assert.deepEqual(seen, ['50 205', '64 2'], `cut at ${cut}`);
  }
});

it('finds what was published, and takes nothing else for it', () => {
  const seen: unknown[] = [];
  const reader = packetReader((first, body) => {
    const { packetId, payload } = publishedIn(first, body);
    seen.push([packetId, String(payload)]);
  });
  reader.read(publishPacket('topic', 258, Buffer.from('payload')));
  assert.deepEqual(seen, [[258, 'payload']]);
  assert.throws(() => reader.read(pubackPacket(1)), /begins with 64/);
});
