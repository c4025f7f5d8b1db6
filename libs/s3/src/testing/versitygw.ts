/** A real S3 server for tests: versitygw over a folder, built once from its Go module under `.cache/`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { freePort, pause } from '@plenum/runtime';
import type { S3FilesSettings } from '../settings.ts';

const run = promisify(execFile);

const version = 'v1.8.0';
const cache = path.resolve(import.meta.dirname, '../../../../.cache/versitygw');

export type Versitygw =
  | { readonly program: string; readonly skip: false }
  /** Why there is none: no Go, or modules that cannot be fetched. */
  | { readonly program: undefined; readonly skip: string };

/** Modules come through the proxy that Go is set to and are checked as Go does it; its own go.mod pins the others. */
export const findVersitygw = async (): Promise<Versitygw> => {
  const folder = path.join(cache, version);
  const program = path.join(folder, 'versitygw');
  if (existsSync(program)) return { program, skip: false };
  const unfinished = `${folder}.${process.pid}`;
  const environment = {
    GOBIN: unfinished,
    GOPATH: path.join(cache, 'go'),
    GOFLAGS: '-modcacherw',
    CGO_ENABLED: '0',
  };
  try {
    const module = `github.com/versity/versitygw/cmd/versitygw@${version}`;
    await run('go', ['install', '-trimpath', module], { env: { ...process.env, ...environment } });
    await mkdir(folder, { recursive: true });
    await rename(path.join(unfinished, 'versitygw'), program);
    return { program, skip: false };
  } catch (error) {
    return { program: undefined, skip: `no versitygw: ${String(error).slice(-500)}` };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
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

/** Ended, and its folder removed, after the test. */
export const startVersitygw = async (t: Pick<TestContext, 'after'>, program: string): Promise<StartedS3> => {
  const root = await mkdtemp(path.join(tmpdir(), 'plenum-s3-'));
  const buckets = path.join(root, 'buckets');
  const sidecar = path.join(root, 'sidecar');
  await mkdir(path.join(buckets, 'files'), { recursive: true });
  await mkdir(sidecar);
  const port = await freePort();
  const child = spawn(
    program,
    [...['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar], buckets],
    { env: { ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret, VGW_REGION: region }, stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(async () => {
    await kill();
    await rm(root, { recursive: true, force: true });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilAnswered(endpoint);
  const settings = { bucket: 'files', endpoint, region, accessKeyId: access, secretAccessKey: secret };
  return { settings, folder: path.join(buckets, 'files'), kill };
};

/** Whatever it answers: it says nothing when it listens. */
const untilAnswered = async (endpoint: string): Promise<void> => {
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
