export { type AuthorizationCache, authorizationCache, type RowAnswer } from './authorization/authorization-cache.ts';
export { type AuthorizationLimits, defaultAuthorizationLimits } from './authorization/authorization-limits.ts';
export type { BuildProgress } from './builds/activation.ts';
export { activeBuilds } from './builds/choose-build.ts';
export { ParksMore, type RebuildProjection, rebuildProjection } from './builds/rebuild-projection.ts';
export { type RunBuilds, runBuilds } from './builds/run-builds.ts';
export { isId, wholeCommandId } from './commands/command-id.ts';
export { decisionHeaders, decisionOf } from './commands/decision-headers.ts';
export type { Decisions } from './commands/decisions.ts';
export { decodeStream, placeOfStream } from './commands/decode-stream.ts';
export {
  type Answer,
  type Append,
  type Appended,
  checkNumbers,
  type EventStore,
  type LoadedStream,
  organisationOf,
  plainEvents,
  type Reservation,
  type ReservationChange,
  type StreamAppend,
  type StreamVersion,
} from './commands/event-store.ts';
export { handleCommand, isKnownCommand } from './commands/handle-command.ts';
export {
  type RebuildStreams,
  type Rebuilt,
  type RelayedRecord,
  type Restored,
  type RestoreHow,
  rebuildStreams,
  type StreamRestore,
} from './commands/rebuild-streams.ts';
export { type HeldInTheEnd, type ReservationFold, reservationFold } from './commands/reservations.ts';
export { stateOf } from './commands/state-of.ts';
export {
  type Checkpoint,
  type CheckpointReads,
  type CheckpointStore,
  type CheckpointsTransaction,
  type CheckpointTransaction,
  ConsumerGone,
  type ConsumerId,
  type Counters,
  type Move,
  noCounters,
  type ParkedKey,
  type ParkedRecord,
  type PartitionTransaction,
  type Released,
  type TopicPartition,
} from './consumer/checkpoint-store.ts';
export type { Issue, Issued, IssuedBy } from './consumer/issue.ts';
export { issueTo } from './consumer/issue-to.ts';
export { type OutboxLag, type OutboxRelay, outboxLag, outboxRelay, runOutboxRelay } from './consumer/outbox-relay.ts';
export { parkedKeyCounts } from './consumer/parked-key-counts.ts';
export { parkedUnder } from './consumer/parked-under.ts';
export { partitionsOf } from './consumer/partitions.ts';
export { type ConsumerProgress, consumerProgress } from './consumer/progress.ts';
export { type ReactionProgress, reactionProgress } from './consumer/reaction-progress.ts';
export { type ConsumerHandler, type Handled, type RunConsumer, runConsumer } from './consumer/run-consumer.ts';
export { consumerOfReaction, type RunReaction, runReaction } from './consumer/run-reaction.ts';
export { beforeDeadline } from './deadline.ts';
export type {
  Delivery,
  DeviceMessage,
  DeviceMessageProperties,
  DeviceMessages,
  Retention,
} from './device-messages.ts';
export { deviceExpiryMsMax, deviceTopicProblem } from './device-messages.ts';
export { LogTruncated, Poison, TransientFailure } from './errors.ts';
export { type Decoded, decodeAll, type EventCodec, type Known } from './event-codec.ts';
export {
  batchOfRows,
  type ColumnBatch,
  type ColumnMemory,
  type ColumnValues,
  rowsOfBatch,
} from './exports/column-batch.ts';
export type { ExportColumn, ExportRow } from './exports/export-column.ts';
export { stringsOf, type Texts, textsOf } from './exports/texts.ts';
export type {
  Certificate,
  DocumentWriter,
  ExportFile,
  RowFormatWriter,
  RowWriter,
} from './exports/writers.ts';
export { boundedContent } from './files/bounded-content.ts';
export { checkFileName, checkFilePrefix, fileNameMax } from './files/file-name.ts';
export {
  type FileContent,
  FileGone,
  type Files,
  FileTooLarge,
  type ListedFile,
  type PutFile,
  type PutOptions,
  type StoredFile,
} from './files/files.ts';
export { type ByteRange, rangeWithin } from './files/range.ts';
export { type GatherCalls, gatherCalls } from './gather-calls.ts';
export type { Hold, Holds } from './holds.ts';
export type { DropReason, IngestBalance } from './ingest/balance.ts';
export { type Ingest, type IngestLoad, type IngestParts, ingest } from './ingest/ingest.ts';
export { type BudgetLimits, defaultIngestLimits, type IngestLimits } from './ingest/limits.ts';
export type {
  Arrival,
  DiscardedMessages,
  Inbound,
  Outcome,
  RefusedBySource,
  Settled,
  Translator,
} from './ingest/message.ts';
export { type SteadyAppend, steadyAppend } from './ingest/steady-append.ts';
export {
  defaultLeaseLimits,
  type Lease,
  type LeaseLimits,
  type LeaseStore,
  type Leases,
  type LeasesParts,
  leases,
  type Taken,
} from './lease.ts';
export { type Ending, endProgram, freePort, freePorts, portOrFree } from './local-program.ts';
export type {
  AppendedRange,
  Batch,
  Headers,
  Log,
  LogRecord,
  NewRecord,
  PartitionEnds,
  Range,
  Subscription,
} from './log.ts';
export { aborted, type BackOff, backOff, pause, untilInStepMs } from './pause.ts';
export { type FoundKey, type FoundKeys, PersonalUnreadable, PersonKeyChanged } from './persons/found-key.ts';
export type { Decrypted, PersonCipher, PersonKey, Unwrapped, WrappedKey } from './persons/person-cipher.ts';
export type { KeptKey, PersonKeyTable } from './persons/person-key-table.ts';
export {
  type KeysForWriting,
  type PersonKeyLimits,
  type PersonKeys,
  type PersonKeysParts,
  personKeys,
} from './persons/person-keys.ts';
export {
  decryptEvents,
  type EncryptedEvents,
  encryptEvents,
  type PersonalFieldsByType,
  type PersonalParts,
  personalFieldsByType,
  type UnreadableValue,
} from './persons/personal-events.ts';
export { decryptRows, hiddenRows, showPersonal } from './persons/personal-rows.ts';
export type { Clock, Logger, Random } from './ports.ts';
export type { Presence } from './presence.ts';
export { type Projected, type Projector, projectBatch, projectBatches } from './project-batch.ts';
export type { RateAnswer, RateLimiter } from './rate-limit.ts';
export type {
  Activated,
  BuildId,
  BuildState,
  KnownBuild,
  PartitionsTransaction,
  ReadModelStore,
  ReadModelTransaction,
  RowsTransaction,
} from './read-model-store.ts';
export { repeatedTexts, type TextReader } from './repeated-texts.ts';
export { endsOf, foldTo } from './replay/fold-to.ts';
export { type Position, projectionBatches, type Replay, type Replayed } from './replay/projection-events.ts';
export type {
  ColumnDifference,
  RowDifference,
  Shown,
  StagedEntry,
  StagedRow,
  Verification,
  VerificationStore,
} from './replay/verification-store.ts';
export {
  type Difference,
  type VerifyProjection,
  type VerifyReport,
  verifyProjection,
} from './replay/verify-projection.ts';
export { type Progressed, type RetrySettings, retry, retryUntilStopped } from './retry.ts';
export { noRowCache, type RowCache, rowCache } from './row-cache.ts';
export { type RunProjection, runProjection } from './run-projection.ts';
export type { SchemaIds, SchemaVersion } from './schema-ids.ts';
export type { ListenedChannel, Listening, ServiceDatabase } from './service-database.ts';
export {
  type Adoption,
  adoptedLife,
  isSessionOver,
  type Keeps,
  type Lived,
  leftLife,
  lifeWithoutWill,
  type SessionLife,
  takenLife,
  type WillTimes,
} from './sessions/session-life.ts';
export type {
  Adopted,
  AdoptedSession,
  Handover,
  KeptArrival,
  KeptMessage,
  KeptSubscription,
  KeptWill,
  Leave,
  NewArrival,
  NewMessage,
  RetainedMessage,
  SessionNews,
  SessionRef,
  SessionStore,
  SubscriptionOptions,
  TakenSession,
  TakeSession,
  Written,
} from './sessions/session-store.ts';
export {
  bucketLifeS,
  giveBack,
  grantRequests,
  nearLimit,
  type RateAsk,
  type RateBucket,
  type RateGrant,
  requestsIn,
  resetInS,
  roomInS,
  shareFor,
  windowAt,
} from './sliding-minute.ts';
export type { CsvQuery, RowsQuery, Snapshot, SnapshotPosition, SnapshotStore } from './snapshot.ts';
export { systemTimer, type Timer } from './timer.ts';
export { type Turns, type TurnsSettings, turns, turnsOfEach } from './turns.ts';
export { readUuid, uuidByteCount, uuidLength, writeUuid } from './uuid-bytes.ts';
