import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { crc32c } from './crc32c.ts';

// One byte at a time; without types.
const theirs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

describe('crc32c', () => {
  it('is that of RFC 3720, B.4', () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e);
  });

  it('is that of kafkajs for every length', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 167 + 13) % 256));
    for (let length = 0; length <= bytes.length; length += 1) {
      const part = bytes.subarray(bytes.length - length);
      assert.equal(crc32c(part), theirs(part), `${length} bytes`);
    }
  });
});
