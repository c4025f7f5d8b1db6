export { type ControlledLog, controlledLog } from '../ingest/testing/controlled-log.ts';
export { type ManualTimer, manualTimer } from '../ingest/testing/manual-timer.ts';
export { dataOf, plainCodec, plainTranslator } from '../ingest/testing/plain-translator.ts';
export { type Chance, chance } from './chance.ts';
export { checkpointStoreContract } from './checkpoint-store-contract.ts';
export { type Delivering, deliver } from './deliveries.ts';
export { deviceMessagesContract } from './device-messages-contract.ts';
export type {
  ContractDevice,
  OpenDeviceMessages,
  OpenedDeviceMessages,
  SentToDevice,
} from './device-messages-contract-kit.ts';
export { eventStoreContract } from './event-store-contract.ts';
export { filesContract, type OpenFiles } from './files-contract.ts';
export { jsonCodec } from './json-codec.ts';
export { leaseContract, type OpenedLeaseStore, type OpenLeaseStores } from './lease-contract.ts';
export { logContract } from './log-contract.ts';
export { keyIn, keysOf, type Member, numbered, readAll, startMember, textOf, textsOf } from './log-contract-kit.ts';
export { type Lookout, lookout } from './lookout.ts';
export { type MemoryCheckpointStore, memoryCheckpointStore } from './memory-checkpoint-store.ts';
export { type MemoryEventStore, type MemoryEventStoreParts, memoryEventStore } from './memory-event-store.ts';
export { memoryFiles } from './memory-files.ts';
export { type MemoryLeaseStore, type MemoryLeaseTable, memoryLeaseTable } from './memory-lease-store.ts';
export { type MemoryLog, type MemoryLogOptions, memoryLog } from './memory-log.ts';
export { type MemoryPersonKeys, memoryPersonKeys } from './memory-person-keys.ts';
export { type MemoryRateLimits, memoryRateLimits } from './memory-rate-limiter.ts';
export { type MemoryFailures, type MemoryReadModelStore, memoryReadModelStore } from './memory-read-model-store.ts';
export { type MemorySessions, type MemorySessionsParts, memorySessions } from './memory-session-store.ts';
export type { OpenEventStore, OpenedEventStore } from './opened-event-store.ts';
export type { OpenedLog, OpenLog } from './opened-log.ts';
export { type OpenedPersonKeys, type OpenPersonKeys, personKeysContract } from './person-keys-contract.ts';
export { type PlotChange, type PlotsUnderTest, plotRecords, plotsAt, plotsProperty } from './plots-property.ts';
export { expectedOf, type ProjectionUnderTest, projectionProperty } from './projection-property.ts';
export { type OpenedRateLimiter, type OpenRateLimits, rateLimiterContract } from './rate-limiter-contract.ts';
export { readModelStoreContract } from './read-model-store-contract.ts';
export type { FreshCheckpoints, FreshStores } from './read-model-store-samples.ts';
export { sampleCipher } from './sample-cipher.ts';
export { plotsCodec, plotsProjection, plotsTopic, squareAt } from './sample-plots.ts';
export {
  moveCoins,
  purseCommand,
  pursesCodec,
  pursesInline,
  pursesProjection,
  pursesReserving,
  pursesTopic,
} from './sample-purses.ts';
export {
  batchOf,
  ledgerlessProjection,
  somethingElse,
  type ThingData,
  thingRecords,
  thingSaid,
  thingsCodec,
  thingsProjection,
  thingsTopic,
} from './sample-things.ts';
export {
  type OpenedSessionServer,
  type OpenSessionServers,
  sessionStoreContract,
} from './session-store-contract.ts';
export { silentLogger } from './silent-logger.ts';
export {
  type SessionSimulation,
  type SimulatedServer,
  type Struck,
  simulateSessions,
} from './simulated-sessions.ts';
export { type LogLine, type ProgramSettings, type StartedProgram, startProgram } from './start-program.ts';
