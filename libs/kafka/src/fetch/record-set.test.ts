import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DamagedBatch } from '../batch/damaged.ts';
import { marker, notCompressed, type WrittenBatch, writeBatch } from '../testing/answers.ts';
import { type Aborted, readRecordSet } from './record-set.ts';

const batch = (firstOffset: bigint, more: Partial<WrittenBatch> = {}): WrittenBatch => ({
  ...{ firstOffset, lastOffsetDelta: 0, firstMs: 1, maxMs: 1, producerId: -1n, attributes: 0 },
  compression: notCompressed,
  records: [{ offsetDelta: 0, sinceFirstMs: 0, key: null, value: Buffer.from('v'), headers: [] }],
  ...more,
});
const of = (producerId: bigint): Partial<WrittenBatch> => ({ producerId, attributes: 16 });

const offsets = (batches: readonly WrittenBatch[], aborted: readonly Aborted[] = []) =>
  readRecordSet('t/0', Buffer.concat(batches.map(writeBatch)), aborted).batches.map(({ firstOffset }) =>
    Number(firstOffset),
  );

describe('transactions in what was fetched', () => {
  it('are left out with their markers when they were given up, and only for as long as that', () => {
    const batches = [
      ...[batch(0n, of(1n)), batch(1n, of(2n)), batch(2n), marker(3n, 1n, 'abort'), batch(4n, of(1n))],
      ...[marker(5n, 2n, 'commit'), marker(6n, 1n, 'commit'), batch(7n, of(1n)), marker(8n, 1n, 'abort')],
    ];
    const aborted = [
      { producerId: 1n, firstOffset: 7n },
      { producerId: 1n, firstOffset: 0n },
    ];
    assert.deepEqual(offsets(batches, aborted), [1, 2, 4]);
  });

  it('are left out, all of them, when several began before what is read', () => {
    const aborted = [
      { producerId: 1n, firstOffset: 0n },
      { producerId: 2n, firstOffset: 1n },
    ];
    assert.deepEqual(offsets([batch(9n, of(2n)), batch(10n, of(1n)), batch(11n, of(3n))], aborted), [11]);
  });

  it('are not over for a record whose key looks like a marker', () => {
    const records = [{ offsetDelta: 0, sinceFirstMs: 0, key: Buffer.alloc(4), value: null, headers: [] }];
    const aborted = [{ producerId: 1n, firstOffset: 0n }];
    assert.deepEqual(offsets([batch(0n, { ...of(1n), records }), batch(1n, of(1n))], aborted), []);
  });

  it('end somewhere also when the marker is all that came', () => {
    const set = readRecordSet('t/0', writeBatch(marker(41n, 1n, 'abort')), [{ producerId: 1n, firstOffset: 3n }]);
    assert.deepEqual([set.batches.length, set.lastOffset], [0, 41n]);
  });
});

describe('an answer that is cut where its bytes are used up', () => {
  const whole = writeBatch(batch(0n));
  it('has the batches that are whole', () => {
    for (let length = 0; length < whole.length; length += 1) {
      const bytes = Buffer.concat([whole, writeBatch(batch(1n)).subarray(0, length)]);
      const set = readRecordSet('t/0', bytes, []);
      assert.deepEqual([set.batches.length, set.lastOffset], [1, 0n]);
    }
    assert.equal(readRecordSet('t/0', whole.subarray(0, 50), []).lastOffset, undefined);
  });
});

describe('bytes that are no batches', () => {
  const damagedAt = (at: number, value: number): Buffer => {
    const bytes = writeBatch(batch(5n));
    bytes.writeInt32BE(value, at);
    return bytes;
  };
  it('are refused: shorter than a batch is', () => {
    assert.throws(() => readRecordSet('t/0', damagedAt(8, 48), []), DamagedBatch);
    assert.throws(() => readRecordSet('t/0', damagedAt(8, -1), []), DamagedBatch);
  });
  it('are refused: of a format without headers', () => {
    assert.throws(() => readRecordSet('t/0', damagedAt(16, 0x01_00_00_00), []), /format 1/);
  });
  it('are refused: ending before they begin, or beginning before the last one ends', () => {
    assert.throws(() => readRecordSet('t/0', damagedAt(23, -1), []), DamagedBatch);
    assert.throws(() => offsets([batch(5n), batch(5n)]), /t\/0: .* follows 5/);
    assert.throws(() => offsets([batch(5n, { lastOffsetDelta: 2 }), batch(7n)]), DamagedBatch);
  });
  it('are refused: a marker that is damaged, or marks nothing', () => {
    const aborted = [{ producerId: 1n, firstOffset: 0n }];
    const bytes = writeBatch(marker(5n, 1n, 'abort'));
    bytes[bytes.length - 1] = 1;
    assert.throws(() => readRecordSet('t/0', bytes, aborted), /checksum/);
    assert.throws(() => offsets([batch(5n, { producerId: 1n, attributes: 48 })], aborted), /what it marks/);
  });
});
