/** What becomes of a partition's records when each comes in a batch of its own: what every other way has to come to. */
import type { Build } from '@plenum/read-model';
import type { TopicPartition } from '../consumer/checkpoint-store.ts';
import type { EventCodec } from '../event-codec.ts';
import type { LogRecord } from '../log.ts';
import { projectBatch } from '../project-batch.ts';
import { type MemoryReadModelStore, memoryReadModelStore } from './memory-read-model-store.ts';

export type OneAtATime = {
  readonly projection: Build;
  readonly codec: EventCodec;
  readonly at: TopicPartition;
  /** All there are, from offset 0. */
  readonly records: readonly LogRecord[];
};

export const projectedOneAtATime = async (given: OneAtATime): Promise<MemoryReadModelStore> => {
  const { projection, codec, at, records } = given;
  const store = memoryReadModelStore();
  await store.prepare(projection, [at]);
  const endOffset = BigInt(records.length);
  for (const record of records) {
    const ends = { fetchedOffset: record.offset, nextOffset: record.offset + 1n, endOffset };
    await projectBatch({ store, codec, projection }, { ...at, ...ends, records: [record] });
  }
  return store;
};
