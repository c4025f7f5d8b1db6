/** Checkpoints in memory: what the store of read models in memory does, without rows. */
import type { Build } from '@plenum/read-model';
import type {
  Checkpoint,
  CheckpointStore,
  ConsumerId,
  ParkedRecord,
  TopicPartition,
} from '../consumer/checkpoint-store.ts';
import { type MemoryFailures, memoryReadModelStore } from './memory-read-model-store.ts';

export type MemoryCheckpointStore = CheckpointStore & {
  /** Committed counters of all partitions together. */
  counters(consumer: ConsumerId): Checkpoint['counters'];
  /** Committed parked records of all partitions. */
  parked(consumer: ConsumerId): readonly (ParkedRecord & TopicPartition)[];
};

export const memoryCheckpointStore = (failures: Pick<MemoryFailures, 'atCommit'> = {}): MemoryCheckpointStore => {
  const store = memoryReadModelStore(failures);
  return {
    ...{ position: store.position, confirm: store.confirm },
    ...{ parkedKeys: store.parkedKeys, parkedOffsets: store.parkedOffsets },
    prepare: async (consumer, partitions) => {
      await store.prepare(withoutRows(consumer), partitions);
    },
    transact: (consumer, at, work) => store.transact(withoutRows(consumer), at, work),
    transactTogether: (consumer, places, work) => store.transactTogether(withoutRows(consumer), places, work),
    counters: (consumer) => store.counters(withoutRows(consumer)),
    parked: (consumer) => store.parked(withoutRows(consumer)),
  };
};

const withoutRows = ({ name, version, generation }: ConsumerId): Build => ({
  ...{ name, version, generation, about: 'None.', topics: [], folds: [] },
  entry: () => undefined,
});
