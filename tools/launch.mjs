// Runs a TypeScript program of this repository on the pinned Node: `node tools/launch.mjs <entry.ts> [arguments]`.
// Installs the locked dependencies first when they are missing or out of date. Plain JavaScript for any Node from 18
// on, because it is what runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = path.join(root, 'node_modules', '.bin');
const pinnedNode = path.join(bin, 'node');
const stamp = path.join(root, 'node_modules', '.install-stamp');
const lock = path.join(root, '.cache', 'install.lock');

/** A lock whose owner has not touched it for this long was left behind by a process that is gone. */
const lockStaleMs = 15_000;
const lockTouchMs = 2_000;

/** Copies of one signal arrive together (npm passes on what the terminal sends anyway) and count once. */
const sameSignalMs = 500;

const main = async () => {
  const [entry, ...parameters] = process.argv.slice(2);
  // Between npm and this process stands a shell, which dies of a SIGTERM from npm without passing it on.
  if (process.env.npm_lifecycle_event !== undefined) await import('./follow-parent.mjs');
  if (entry === undefined) return fail('usage: node tools/launch.mjs <entry.ts> [arguments]', 64);
  if (!isInstalled()) {
    const code = await installOnce();
    if (code !== 0) return code;
  }
  return runPinned(path.resolve(root, entry), parameters, settingsFile(entry));
};

const isInstalled = () => {
  if (!existsSync(pinnedNode)) return false;
  const wanted = lockfileDigest();
  if (readText(stamp) === wanted) return true;
  // Somebody ran npm by hand: what npm noted about its own work says whether anything is left to do.
  if (!matchesLockfile()) return false;
  writeStamp(wanted);
  return true;
};

const lockfileDigest = () =>
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

const matchesLockfile = () => {
  const noted = readText(path.join(root, 'node_modules', '.package-lock.json'));
  if (noted === undefined) return false;
  const there = JSON.parse(noted).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([place, { version, integrity, link, optional, os: systems, cpu }]) => {
    if (!place.includes('node_modules/')) return true;
    const found = there[place];
    if (found === undefined) return optional === true && (systems !== undefined || cpu !== undefined);
    return found.version === version && found.integrity === integrity && found.link === link;
  });
};

/** Installs, or waits for another launch that does. @returns the exit code of npm, 0 when all is there. */
const installOnce = async () => {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let waits = 0; !takeLock(); waits += 1) {
    if (waits === 0) say('another process is installing the dependencies; waiting for it');
    await sleep(250);
  }
  // A timer of its own, so that the lock stays fresh however long npm is silent.
  const touching = setInterval(() => existsSync(lock) && utimesSync(lock, new Date(), new Date()), lockTouchMs);
  try {
    return isInstalled() ? 0 : await install();
  } finally {
    clearInterval(touching);
    rmSync(lock, { recursive: true, force: true });
  }
};

const takeLock = () => {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale(lock)) breakLock();
  return false;
};

const isStale = (directory) =>
  Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > lockStaleMs;

const breakLock = () => {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    // Between the look and the move, another process may have broken it and taken it: then it is given back.
    if (isStale(aside)) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
};

const install = async () => {
  say('installing the locked dependencies, once (npm ci)');
  const startedMs = Date.now();
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--strict-allow-scripts'];
  const code = await run(command, [...first, 'ci', ...flags], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (code !== 0) {
    return fail(
      `npm ci failed (exit code ${code}). It needs the npm registry, or a cache filled by an earlier install.`,
      code,
    );
  }
  if (!existsSync(pinnedNode)) {
    return fail(
      `there is no pinned Node for ${process.platform} on ${process.arch}; package.json lists what there is`,
      1,
    );
  }
  writeStamp(lockfileDigest());
  say(`installed in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return 0;
};

/**
 * The file with settings that the environment may leave out. Tests and tools of the project do not read it: what somebody
 * has set up for a Plenum of theirs decides nothing there.
 */
const settingsFile = (entry) => {
  const file = path.join(root, '.env');
  if (!entry.startsWith('apps/') || !existsSync(file)) return [];
  say('what the environment does not set comes from .env');
  return [`--env-file=${file}`];
};

/**
 * What has to be said before a process starts, for it and all that it starts; docs/decisions/0043 has the figures. Young objects get
 * 16 MB instead of 64: a message is gone before they are full. The C library keeps what is freed in one arena instead of in one per
 * thread. What the environment says itself counts. The image says the same: deploy/docker/Dockerfile.
 */
const smallMemory = {
  NODE_OPTIONS: `--max-semi-space-size=8 ${process.env.NODE_OPTIONS ?? ''}`.trim(),
  MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '1',
};

const runPinned = (entry, parameters, nodeOptions) => {
  const followParent = pathToFileURL(path.join(root, 'tools', 'follow-parent.mjs')).href;
  return run(pinnedNode, ['--import', followParent, ...nodeOptions, entry, ...parameters], {
    stdio: 'inherit',
    // A session of its own, so that every signal reaches it through here and exactly once; a terminal's Ctrl-C would
    // else arrive from the terminal, from npm and from here.
    detached: true,
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
      NODE_COMPILE_CACHE: path.join(root, '.cache', 'node'),
      ...smallMemory,
      NX_DAEMON: 'false',
    },
  });
};

/**
 * Runs a command to its end and passes signals on to it.
 * @returns its exit code, or 128 and the signal's number as shells have it.
 */
const run = (command, parameters, options) =>
  new Promise((resolve) => {
    const child = spawn(command, parameters, options);
    const lastMs = new Map();
    const pass = (signal) => {
      const nowMs = performance.now();
      if (nowMs - (lastMs.get(signal) ?? Number.NEGATIVE_INFINITY) >= sameSignalMs) child.kill(signal);
      lastMs.set(signal, nowMs);
    };
    const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH'];
    for (const signal of passed) process.on(signal, pass);
    const settle = (code) => {
      for (const signal of passed) process.off(signal, pass);
      resolve(code);
    };
    child.once('error', (error) => settle(fail(`${command} cannot be started: ${error.message}`, 127)));
    child.once('exit', (code, signal) => settle(code ?? 128 + os.constants.signals[signal]));
  });

const writeStamp = (digest) => {
  try {
    writeFileSync(stamp, digest);
  } catch (error) {
    // Somebody else's clone, only to be read: what is installed can be used all the same.
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  }
};

const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

const say = (line) => process.stderr.write(`plenum: ${line}\n`);

const fail = (line, code) => {
  say(line);
  return code;
};

try {
  process.exitCode = await main();
} catch (error) {
  if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
  process.exitCode = fail(`the dependencies are not installed here, and this user may not: ${error.message}`, 73);
}
