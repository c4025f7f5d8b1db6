export { type TestDatabase, type TestDatabaseSettings, testDatabase } from './test-database.ts';
export { silentLogger, startRunServer, testDirectory, testServer } from './test-server.ts';
