/**
 * A process that runs an embedded server until it is killed: `run-server.ts <data directory>`. Prints the server's
 * process id and URL as JSON once it is up. For tests of what a killed process leaves behind.
 */
import { startEmbedded } from '../start-embedded.ts';
import { silentLogger } from './test-server.ts';

const [dataDir = ''] = process.argv.slice(2);
const server = await startEmbedded({ dataDir, port: 0, sync: false, logger: silentLogger });
process.stdout.write(`${JSON.stringify({ pid: server.pid(), url: server.url })}\n`);
// Something to wait for, since the server alone keeps no process going.
process.stdin.resume();
