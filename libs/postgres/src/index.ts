export { keptText } from './consumers/kept-text.ts';
export { type PostgresCheckpointSettings, postgresCheckpointStore } from './consumers/postgres-checkpoint-store.ts';
export { migrateInline } from './event-store/migrate-inline.ts';
export {
  type PostgresEventStore,
  type PostgresEventStoreParts,
  postgresEventStore,
} from './event-store/postgres-event-store.ts';
export { type PostgresHolds, postgresHolds } from './holds/postgres-holds.ts';
export { type PostgresLeaseStore, postgresLeaseStore } from './lease/postgres-lease-store.ts';
export { type ListenParts, listenTo } from './listen.ts';
export { type PostgresLog, type PostgresLogParts, postgresLog } from './log/postgres-log.ts';
export { type Database, type DatabaseSettings, openDatabase, UnfitDatabase } from './open-database.ts';
export { type PageBounds, type PageStatement, pageReader, type ReadPage } from './pages/page-query.ts';
export { type PostgresPersonKeysParts, personSchema, postgresPersonKeys } from './person-keys/postgres-person-keys.ts';
export { inTransaction, normaliseUrl, openPool, type PoolSettings, query } from './pool.ts';
export {
  type PostgresPresence,
  type PostgresPresenceParts,
  postgresPresence,
} from './presence/postgres-presence.ts';
export {
  type PostgresRateLimiter,
  type PostgresRateLimiterParts,
  postgresRateLimiter,
} from './rate-limit/postgres-rate-limiter.ts';
export { feedFrom } from './read-models/fed-by.ts';
export {
  type PostgresReadModelSettings,
  postgresReadModelStore,
} from './read-models/postgres-read-model-store.ts';
export { type ProjectionCheckpoint, projectionCheckpoints } from './read-models/projection-checkpoints.ts';
export { postgresVerificationStore } from './replay/postgres-verification.ts';
export {
  type PostgresServiceDatabase,
  type PostgresServiceDatabaseParts,
  postgresServiceDatabase,
} from './service-database.ts';
export { type PostgresSessionStoreParts, postgresSessionStore } from './sessions/postgres-session-store.ts';
export { postgresSnapshotStore } from './snapshot/postgres-snapshot-store.ts';
export { sqlOf } from './sql.ts';
export { sqlTypes } from './sql-types.ts';
export { translateError } from './translate-error.ts';
export { type WaitSettings, waitForDatabase } from './wait-for-database.ts';
