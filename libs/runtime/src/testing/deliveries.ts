/** Batches of a log as a projector may meet them: around the checkpoint, and with connections that are lost at the commit. */
import assert from 'node:assert/strict';
import type { Build } from '@plenum/read-model';
import fc from 'fast-check';
import type { TopicPartition } from '../consumer/checkpoint-store.ts';
import { TransientFailure } from '../errors.ts';
import type { EventCodec } from '../event-codec.ts';
import type { LogRecord } from '../log.ts';
import { projectBatch } from '../project-batch.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { noRowCache, rowCache } from '../row-cache.ts';

/** A batch that begins so far from the checkpoint, and what happens to it at the commit. */
export type Delivery = { readonly from: number; readonly length: number; readonly strike: 'none' | 'before' | 'after' };

export const someDeliveries: fc.Arbitrary<readonly Delivery[]> = fc.array(
  fc.record({
    from: fc.integer({ min: -20, max: 5 }),
    length: fc.integer({ min: 1, max: 12 }),
    strike: fc.constantFrom('none', 'none', 'before', 'after'),
  }),
  { maxLength: 16 },
);

export type Delivering = {
  readonly store: ReadModelStore;
  readonly codec: EventCodec;
  readonly projection: Build;
  /** The one partition that there is. */
  readonly at: TopicPartition;
  readonly records: readonly LogRecord[];
};

/** Hands over batches around the checkpoint, some too early and some too late, until everything is in. */
export const deliver = async (to: Delivering, deliveries: readonly Delivery[]): Promise<void> => {
  const { store, codec, projection, at, records } = to;
  // Members with a memory of their own take turns: what one remembers, the others may have made untrue.
  const caches = [rowCache(3), rowCache(3), noRowCache];
  for (const [turn, { from, length, strike }] of [...deliveries, ...calm].entries()) {
    const next = Number(await store.position(projection, at));
    const start = Math.min(Math.max(0, next + from), records.length);
    const end = Math.min(start + length, records.length);
    const batch = {
      ...at,
      fetchedOffset: BigInt(start),
      records: records.slice(start, end),
      nextOffset: BigInt(end),
      endOffset: BigInt(records.length),
    };
    const cache = caches[turn % caches.length] ?? noRowCache;
    const work = projectBatch({ store: stricken(store, strike), codec, projection, cache }, batch);
    await work.catch((error: unknown) => assert.ok(error instanceof TransientFailure, String(error)));
  }
};

const calm: readonly Delivery[] = Array.from({ length: 6 }, () => ({ from: 0, length: 60, strike: 'none' }));

/** The connection is lost before a commit, or after it, when nobody knows. */
const stricken = (store: ReadModelStore, strike: Delivery['strike']): ReadModelStore => ({
  ...store,
  transactTogether: async (projection, places, work) => {
    const result = await store.transactTogether(projection, places, async (tx) => {
      const done = await work(tx);
      if (strike === 'before') throw new TransientFailure('08006', 'connection lost before the commit');
      return done;
    });
    if (strike === 'after') throw new TransientFailure('08006', 'connection lost after the commit');
    return result;
  },
});
