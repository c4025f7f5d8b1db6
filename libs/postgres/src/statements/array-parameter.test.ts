import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Poison } from '@plenum/runtime';
import fc from 'fast-check';
import { arrayParameter } from './array-parameter.ts';

/** Behind the head of an array and the length of its only value. */
const firstValueAt = 24;

describe('an array parameter', () => {
  it('holds every 64-bit integer, on both sides of what a number can hold', () => {
    const edges = [2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), -1n, 0n, 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)];
    const any = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...edges));
    fc.assert(
      fc.property(any, (value) => {
        assert.equal(arrayParameter('bigint', [value]).readBigInt64BE(firstValueAt), value);
      }),
    );
  });

  it('refuses an integer that takes more than 64 bits, and what is none', () => {
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 1, 'text']) {
      assert.throws(() => arrayParameter('bigint', [value]), Poison);
    }
  });

  it('keeps the microseconds of a time, before 2000 as well', () => {
    const epochUs = 946_684_800_000_000n;
    fc.assert(
      fc.property(fc.integer({ min: -8_000_000_000_000_000, max: 8_640_000_000_000_000 }), (timeUs) => {
        const written = arrayParameter('timestamptz', [timeUs]).readBigInt64BE(firstValueAt);
        assert.equal(written + epochUs, BigInt(timeUs));
      }),
    );
  });
});
