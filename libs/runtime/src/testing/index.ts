export { type MemoryFailures, type MemoryReadModelStore, memoryReadModelStore } from './memory-read-model-store.ts';
export { type FreshStores, readModelStoreContract } from './read-model-store-contract.ts';
