/** A process that uses a test server until it is killed; prints the server's process id. For the kit's own tests. */
import { startRunServer } from './test-server.ts';

const server = await startRunServer();
process.stdout.write(`${server.pid()}\n`);
process.stdin.resume();
