export { logContract, type OpenedLog, type OpenLog } from './log-contract.ts';
export { type MemoryLog, type MemoryLogOptions, memoryLog } from './memory-log.ts';
export { type MemoryFailures, type MemoryReadModelStore, memoryReadModelStore } from './memory-read-model-store.ts';
export { expectedOf, type ProjectionUnderTest, projectionProperty } from './projection-property.ts';
export { type FreshStores, readModelStoreContract } from './read-model-store-contract.ts';
export {
  batchOf,
  somethingElse,
  type ThingData,
  thingRecords,
  thingSaid,
  thingsCodec,
  thingsSet,
  thingsTopic,
} from './sample-things.ts';
