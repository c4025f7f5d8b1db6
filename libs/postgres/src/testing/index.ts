export { silentLogger, startRunServer, testDirectory, testServer } from '@plenum/embedded-postgres/testing';
export { type TestDatabase, type TestDatabaseSettings, testDatabase } from './test-database.ts';
