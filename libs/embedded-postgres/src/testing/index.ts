export type { Binaries } from '../binaries.ts';
export { isTaken } from '../left-behind.ts';
export type { EmbeddedServer } from '../start-embedded.ts';
export { postgisBinaries, postgisMissing } from './system-postgres.ts';
export { runLast, silentLogger, startRunServer, testDirectory, testServer } from './test-server.ts';
