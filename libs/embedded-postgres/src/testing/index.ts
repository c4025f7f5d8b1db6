export { isTaken } from '../left-behind.ts';
export type { EmbeddedServer } from '../start-embedded.ts';
export { runLast, silentLogger, startRunServer, testDirectory, testServer } from './test-server.ts';
