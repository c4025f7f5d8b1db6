/**
 * A disk that fills up in earnest. PostgreSQL lives on a small file system of its own here: nothing is acknowledged when
 * that is full, reads go on with the same server, and when there is space again so do appends, by themselves.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmdirSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { isTaken, runLast } from '@plenum/embedded-postgres/testing';
import type { Logger, NewRecord } from '@plenum/runtime';
import { keyIn, readAll } from '@plenum/runtime/testing';
import { openPool } from '../pool.ts';
import { silentLogger, testDirectory, testServer } from '../testing/index.ts';
import { openTestLog, testTopics } from './testing/test-log.ts';

const [topic] = testTopics;
const key = keyIn(topic, 0);

test('a disk that fills up: nothing is acknowledged, reads go on, and it recovers', { timeout: 120_000 }, async (t) => {
  const disk = smallDisk(t);
  if (typeof disk === 'string') {
    t.skip(disk);
    return;
  }
  const server = await testServer(t, { dataDir: path.join(disk.directory, 'data') });
  const serverBefore = server.pid();
  const refusals: string[] = [];
  const refused = Promise.withResolvers<void>();
  const log = await openTestLog(t, server.url, { logger: hearing(refusals, refused.resolve), retryMs: 60_000 });
  const pool = openPool({ url: server.url, applicationName: 'a reader', connectionsMax: 1 });
  t.after(() => pool.end());

  // One after the other until one is not taken any more.
  let acknowledged = 0;
  const filling = (async () => {
    while (refusals.length === 0) {
      await log.append(megabyte());
      acknowledged += 1;
    }
  })();
  await refused.promise;
  assert.equal(refusals[0], '25006');
  const before = acknowledged;
  assert.ok(before > 10, `only ${before} MiB went in`);
  // And the last block is taken by somebody else.
  disk.fill();
  const reader = await readAll(log, topic, 0);
  assert.equal(reader.length, before * megabyte().length);
  assert.equal((await pool.query('select from plenum_log.log_batch limit 1')).rowCount, 1);
  assert.equal(acknowledged, before);

  disk.grow();
  await filling;
  assert.equal(acknowledged, before + 1);
  const after = await readAll(log, topic, 0);
  assert.equal(after.length, (before + 1) * megabyte().length);
  assert.equal(server.pid(), serverBefore, 'it was the same server all the time');
});

test('a server that was left read-only takes writes when it is started with space', { timeout: 120_000 }, async (t) => {
  const dataDir = testDirectory(t);
  const first = await testServer(t, { dataDir, reserveBytes: Number.MAX_SAFE_INTEGER });
  const write = (url: string) => onServer(url, 'create table written (a int)');
  await assert.rejects(write(first.url), { code: '25006' });
  await first.stop();
  const second = await testServer(t, { dataDir });
  await write(second.url);
});

const onServer = async (url: string, text: string): Promise<void> => {
  const pool = openPool({ url, applicationName: 'a writer', connectionsMax: 1 });
  try {
    await pool.query(text);
  } finally {
    await pool.end();
  }
};

const megabyte = (): readonly NewRecord[] =>
  Array.from({ length: 16 }, () => ({
    topic: topic.name,
    key,
    value: randomBytes(64 * 1024),
    headers: {},
    timestampMs: 0,
  }));

/** Keeps the codes of what the log says it waits for. */
const hearing = (codes: string[], heard: () => void): Logger => ({
  ...silentLogger,
  warn: (fields) => {
    if ('code' in fields) codes.push(String(fields.code));
    heard();
  },
});

type SmallDisk = { readonly directory: string; readonly fill: () => void; readonly grow: () => void };

const cache = path.join(import.meta.dirname, '../../../../.cache/full-disk');
const sizeMib = 256;
const grownMib = 1024;

/** A file system in memory, gone after the test. Or why there is none. */
const smallDisk = (t: TestContext): SmallDisk | string => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a small disk';
  mkdirSync(cache, { recursive: true });
  for (const left of readdirSync(cache)) if (!isTaken(Number(left))) unmount(path.join(cache, left));
  const directory = path.join(cache, String(process.pid));
  mkdirSync(directory);
  const mount = (options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory], { stdio: 'pipe' });
  };
  try {
    mount(`size=${sizeMib}m`);
  } catch (error) {
    rmdirSync(directory);
    return `this machine lets nobody mount a small disk: ${(error as Error).message}`;
  }
  runLast(t, async () => unmount(directory));
  return {
    directory,
    fill: () => fill(path.join(directory, 'ballast')),
    grow: () => mount(`remount,size=${grownMib}m`),
  };
};

/** Also what a killed run left, and that may not be mounted any more: what cannot be unmounted cannot be removed. */
const unmount = (directory: string): void => {
  spawnSync('umount', ['--lazy', directory]);
  rmdirSync(directory);
};

/** Takes the last block, too. */
const fill = (file: string): void => {
  const opened = openSync(file, 'w');
  for (const block of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)]) {
    while (wasWritten(opened, block));
  }
  closeSync(opened);
};

const wasWritten = (opened: number, block: Buffer): boolean => {
  try {
    return writeSync(opened, block) === block.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
};
