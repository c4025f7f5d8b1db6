/**
 * Ends a test server with the process that owns it, also when that one is killed. A supervisor of ours leaves its
 * server running then, for the next start to deal with; after tests there may be no next start.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { EmbeddedServer } from '../start-embedded.ts';

/** The shell waits for the end of its input, which comes when we are gone, and then for nothing any more. */
const script = 'read -r _; kill -INT "$(head -n 1 "$1")"';

/** Ends whatever process runs the server by then: a restart in between changes nothing. The guard ends with us, and keeps nobody waiting. */
export const endWithOwner = ({ dataDirectory }: EmbeddedServer): void => {
  const pidFile = path.join(dataDirectory, 'postmaster.pid');
  const guard = spawn('/bin/sh', ['-c', script, 'sh', pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // Child pipes are sockets, which can be let go of; their type says only Writable.
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
};
