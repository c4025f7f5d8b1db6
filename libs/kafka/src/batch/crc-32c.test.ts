import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crc32C } from './crc-32c.ts';

it('is the checksum that its makers give for known bytes, wherever those begin', () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  const known: readonly (readonly [Uint8Array, number])[] = [
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(0), 0],
  ];
  for (const [bytes, checksum] of known) {
    assert.equal(crc32C(bytes), checksum);
    assert.equal(crc32C(Buffer.concat([Buffer.from('abc'), bytes]).subarray(3)), checksum);
  }
});
