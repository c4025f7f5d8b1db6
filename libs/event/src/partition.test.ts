import assert from 'node:assert/strict';
import { it } from 'node:test';
import { murmur2, partitionOf } from './partition.ts';

// The vectors of Apache Kafka's own UtilsTest.testMurmur2.
it('hashes as the Java client does', () => {
  const vectors: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [text, hash] of vectors) assert.equal(murmur2(new TextEncoder().encode(text)), hash, text);
});

it('names a partition inside the topic', () => {
  for (const key of ['', 'a', 'ceiling_node_001', 'Büro-ü']) {
    const partition = partitionOf(key, 8);
    assert.ok(partition >= 0 && partition < 8, key);
  }
});
