/** Ends what belongs to a site when the tool that runs it is killed, so that nothing of it stays behind. */
import { spawn } from 'node:child_process';

/** The shell waits for the end of its input, which comes when we are gone. PostgreSQL is asked; the others are killed. */
const script = `
read -r _ && exit 0
for file in "$1"/*.pid; do kill -9 "$(cat "$file")"; done
for file in "$2"/data/postmaster.pid; do kill -INT "$(head -n 1 "$file")"; done`;

/** @returns what lets go of the guard: nothing is left to end. */
export const guardSite = (pidDirectory: string, databaseDirectory: string): (() => void) => {
  const guard = spawn('/bin/sh', ['-c', script, 'sh', pidDirectory, databaseDirectory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // Child pipes are sockets, which can be let go of; their type says only Writable.
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return () => guard.stdin.end('done\n');
};
