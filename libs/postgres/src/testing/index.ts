export {
  postgisBinaries,
  postgisMissing,
  silentLogger,
  startRunServer,
  testDirectory,
  testServer,
} from '@plenum/embedded-postgres/testing';
export { makeInsertable } from './insertable.ts';
export { type PostgisDatabaseSettings, postgisDatabase } from './postgis-database.ts';
export { type TestDatabase, type TestDatabaseSettings, testDatabase } from './test-database.ts';
