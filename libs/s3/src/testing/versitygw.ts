/** A real S3 server for tests: versitygw over a folder, built once from its Go module under `.cache/`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { freePort, pause } from '@plenum/runtime';
import type { S3FilesSettings } from '../settings.ts';
import { findGo } from './find-go.ts';

const run = promisify(execFile);

const version = 'v1.8.0';
const cache = path.resolve(import.meta.dirname, '../../../../.cache/versitygw');

export type Versitygw =
  | { readonly program: string; readonly skip: false }
  /** Why there is none: no Go, or modules that cannot be fetched. */
  | { readonly program: undefined; readonly skip: string };

/**
 * Modules come through the proxy that Go is set to and are checked as Go does it; its own go.mod pins the others. From nothing it
 * takes two cores two minutes, so of several processes one builds and the others wait.
 */
export const findVersitygw = async (): Promise<Versitygw> => {
  const program = path.join(cache, version, 'versitygw');
  await mkdir(cache, { recursive: true });
  try {
    while (!existsSync(program)) await buildOrWait(program);
    return { program, skip: false };
  } catch (error) {
    return { program: undefined, skip: `no versitygw: ${String(error).slice(-500)}` };
  }
};

const lookEveryMs = 500;

/** Settles when it is built here, or when it is time to look again. @throws why it cannot be built. */
const buildOrWait = async (program: string): Promise<void> => {
  const lock = `${path.dirname(program)}.lock`;
  if (!(await takeLock(lock))) {
    await pause(lookEveryMs);
    return;
  }
  const unfinished = `${path.dirname(program)}.${process.pid}`;
  try {
    if (existsSync(program)) return;
    const go = await findGo(path.join(unfinished, 'go'));
    const env = {
      ...process.env,
      GOBIN: unfinished,
      GOPATH: path.join(cache, 'go'),
      GOFLAGS: '-modcacherw',
      CGO_ENABLED: '0',
    };
    await run(go, ['install', '-trimpath', `github.com/versity/versitygw/cmd/versitygw@${version}`], { env });
    await mkdir(path.dirname(program), { recursive: true });
    await rename(path.join(unfinished, 'versitygw'), program);
  } finally {
    await Promise.all([unfinished, lock].map((one) => rm(one, { recursive: true, force: true })));
  }
};

/** The lock is a file with its owner's number; that of a process that is gone is nobody's. */
const takeLock = async (lock: string): Promise<boolean> => {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true });
    return false;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // There is no such process.
  }
};

const access = 'plenum';
const secret = 'only-for-tests';
const region = 'us-east-1';

export type StartedS3 = {
  /** Of a bucket that is there. */
  readonly settings: S3FilesSettings;
  /** The bucket as a folder: objects are files in it. */
  readonly folder: string;
  kill(): Promise<void>;
};

/** What runs over a folder, with a bucket in it. */
export const versitygwOver = async (root: string, program: string, port: number) => {
  const buckets = path.join(root, 'buckets');
  const sidecar = path.join(root, 'sidecar');
  const folder = path.join(buckets, 'files');
  await mkdir(folder, { recursive: true });
  await mkdir(sidecar);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    command: [program, '--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar, buckets],
    environment: { ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret, VGW_REGION: region },
    settings: { bucket: 'files', endpoint, region, accessKeyId: access, secretAccessKey: secret },
    folder,
  };
};

/** Ended, and its folder removed, after the test. */
export const startVersitygw = async (t: Pick<TestContext, 'after'>, program: string): Promise<StartedS3> => {
  const root = await mkdtemp(path.join(tmpdir(), 'plenum-s3-'));
  const { command, environment, settings, folder } = await versitygwOver(root, program, await freePort());
  const child = spawn(program, command.slice(1), { env: environment, stdio: 'ignore' });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(async () => {
    await kill();
    await rm(root, { recursive: true, force: true });
  });
  await untilAnswered(settings.endpoint);
  return { settings, folder, kill };
};

/** Whatever it answers: it says nothing when it listens. */
export const untilAnswered = async (endpoint: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await (await fetch(endpoint)).arrayBuffer();
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await pause(50);
    }
  }
};
