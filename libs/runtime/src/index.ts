export { LogTruncated, Poison, Weather } from './errors.ts';
export type { Decoded, EventCodec } from './event-codec.ts';
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
export type { Clock, Logger, Random } from './ports.ts';
export { type Projected, type Projection, projectBatch } from './project-batch.ts';
export type {
  Checkpoint,
  ParkedRecord,
  ReadModelStore,
  ReadModelTransaction,
  SetState,
  Sums,
  TopicPartition,
} from './read-model-store.ts';
export { type ProjectionProgress, projectionProgress, type RunProjection, runProjection } from './run-projection.ts';
