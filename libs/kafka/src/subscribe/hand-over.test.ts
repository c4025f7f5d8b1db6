import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Batch, pause } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import type { EachBatchPayload } from 'kafkajs';
import { readRecordSet } from '../fetch/record-set.ts';
import type { RangeReader } from '../read/range-reader.ts';
import { notCompressed, writeBatch } from '../testing/answers.ts';
import type { AssignedPartition, Assignment } from './assignment.ts';
import { handOver } from './hand-over.ts';

/** A batch from 10 to 19, of whose records compaction has left some. */
const left = (offsetDeltas: readonly number[], damage = 0): Buffer => {
  const bytes = writeBatch({
    ...{ firstOffset: 10n, lastOffsetDelta: 9, firstMs: 1, maxMs: 1, producerId: -1n, attributes: 0 },
    compression: notCompressed,
    records: offsetDeltas.map((offsetDelta) => ({
      ...{ offsetDelta, sinceFirstMs: 0, key: null, value: Buffer.from('value'), headers: [] },
    })),
  });
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ damage, bytes.length - 2);
  return bytes;
};

/** What becomes of a batch that was fetched at 15. */
const handed = async (bytes: Buffer, recordsMax = 100) => {
  const seen: Batch[] = [];
  const resolved: string[] = [];
  const failures: unknown[] = [];
  const assigned: AssignedPartition = { topic: 't', partition: 0, next: 15n, ready: Promise.resolve(), lost: false };
  const assignment: Pick<Assignment, 'partition' | 'inHand'> = {
    partition: () => assigned,
    inHand: (_, work) => work(),
  };
  const handle = async (batch: Batch): Promise<bigint> => {
    seen.push(batch);
    return batch.nextOffset;
  };
  const over = new AbortController();
  const each = handOver({
    subscription: { group: 'g', topics: ['t'], recordsMax, handle, position: async () => 15n },
    // Nothing else of these is asked for where all goes well.
    assignment: assignment as Assignment,
    reader: {} as RangeReader,
    ...{ heartbeatMs: 1_000, logger: silentLogger, over: over.signal },
    seek: () => assert.fail('there is nothing to seek'),
    handled: () => undefined,
    fail: (error) => failures.push(error),
  });
  const set = readRecordSet('t/0', bytes, []);
  const batch = {
    ...{ topic: 't', partition: 0, fetchedOffset: '15', highWatermark: '40', lastOffset: () => String(set.lastOffset) },
    messages: [{ carried: set }],
  };
  const payload = { batch, resolveOffset: (at: string) => resolved.push(at), isRunning: () => true };
  // As much of it as is looked at.
  await each({ ...payload, heartbeat: () => pause(0) } as unknown as EachBatchPayload);
  return {
    seen: seen.map(({ records, ...rest }) => ({ ...rest, offsets: records.map(({ offset }) => offset) })),
    resolved,
    failures,
    next: assigned.next,
  };
};

const common = { topic: 't', partition: 0, endOffset: 40n };

it('hands over what was asked for of a batch, in pieces that cover all of it', async () => {
  const { seen, resolved, failures, next } = await handed(left([0, 5, 6, 8]), 2);
  assert.deepEqual(failures, []);
  assert.deepEqual(seen, [
    { ...common, fetchedOffset: 15n, nextOffset: 17n, offsets: [15n, 16n] },
    { ...common, fetchedOffset: 17n, nextOffset: 20n, offsets: [18n] },
  ]);
  assert.deepEqual(resolved.slice(0, 2), ['16', '19']);
  assert.equal(next, 20n);
});

it('goes on behind a batch of which nothing is left, and does not take that for handled', async () => {
  const { seen, resolved, failures, next } = await handed(left([0, 2]));
  assert.deepEqual([seen, failures, resolved, next], [[], [], ['19'], 15n]);
});

it('fails where a batch is damaged, and hands over nothing of it', async () => {
  const { seen, resolved, failures, next } = await handed(left([5, 6], 1));
  assert.match(String(failures), /t\/0: .*checksum/);
  assert.deepEqual([seen, resolved, next], [[], [], 15n]);
});
