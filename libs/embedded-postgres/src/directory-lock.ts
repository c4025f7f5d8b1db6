/**
 * A lock on a directory that the kernel lets go of when its holder dies, however it dies. Node has no file locks;
 * SQLite has, and is part of Node. A file holding a process id would go stale, and two processes that find it stale
 * at the same time would both take it over.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type DirectoryLock = { release(): void };

/** Makes the directory if needed. `undefined` when somebody holds the lock, this process included. */
export const tryLockDirectory = (directory: string): DirectoryLock | undefined => {
  mkdirSync(directory, { recursive: true });
  const database = open(directory);
  try {
    database.exec('pragma journal_mode = memory');
    database.exec('pragma locking_mode = exclusive');
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5;
    if (busy) return undefined;
    throw error;
  }
  writeFileSync(path.join(directory, 'lock.pid'), `${process.pid}\n`);
  // Closing gives the lock back, and so would collecting the handle: the closure keeps it alive.
  return { release: () => database.close() };
};

const open = (directory: string): DatabaseSync => {
  try {
    return new DatabaseSync(path.join(directory, 'lock'), { timeout: 0 });
  } catch (cause) {
    throw new Error(`${directory} cannot be written: does it belong to another user, or is the disk full?`, { cause });
  }
};

/** The id of the process that took the lock last, for messages only. */
export const lockHolder = (directory: string): string => {
  try {
    return `process ${readFileSync(path.join(directory, 'lock.pid'), 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
};
