export {
  postgisBinaries,
  postgisMissing,
  silentLogger,
  startRunServer,
  testDirectory,
  testServer,
} from '@plenum/embedded-postgres/testing';
export { type PostgisDatabaseSettings, postgisDatabase } from './postgis-database.ts';
export { type TestDatabase, type TestDatabaseSettings, testDatabase } from './test-database.ts';
