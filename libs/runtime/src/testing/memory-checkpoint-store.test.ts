import { checkpointStoreContract } from './checkpoint-store-contract.ts';
import { memoryCheckpointStore } from './memory-checkpoint-store.ts';

checkpointStoreContract('memoryCheckpointStore', async () => {
  const store = memoryCheckpointStore();
  return [store, store];
});
