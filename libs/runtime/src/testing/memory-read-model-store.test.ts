import { memoryReadModelStore } from './memory-read-model-store.ts';
import { readModelStoreContract } from './read-model-store-contract.ts';

readModelStoreContract('memoryReadModelStore', async () => {
  const store = memoryReadModelStore();
  return [store, store];
});
