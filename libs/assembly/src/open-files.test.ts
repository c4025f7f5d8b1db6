import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ConfigError, type Environment, processSettings, readConfig } from '@plenum/config';
import type { Files } from '@plenum/runtime';
import { findVersitygw, startVersitygw } from '@plenum/s3/testing';
import { filesSettings, openFiles } from './open-files.ts';

const { program, skip } = await findVersitygw();
const { PLENUM_DATA_DIR } = processSettings;

const open = (environment: Environment): Promise<Files> =>
  openFiles(readConfig({ ...filesSettings, PLENUM_DATA_DIR }, environment));

const directory = async (t: TestContext): Promise<string> => {
  const made = await mkdtemp(path.join(tmpdir(), 'plenum-open-files-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
};

async function* hello(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('hello');
}

const put = (files: Files) => files.put('exports/a', hello(), { bytesMax: 10 });

const problemsOf = async (environment: Environment): Promise<readonly string[]> => {
  try {
    await open(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /open sesame/);
    return error.problems.map(({ name, problem }) => `${name} ${problem}`);
  }
  return [];
};

describe('files', () => {
  it('are in the folder that is named, else in one beside all data', async (t) => {
    const data = await directory(t);
    await put(await open({ PLENUM_DATA_DIR: data }));
    assert.ok(existsSync(path.join(data, 'files/exports/a@/a')));
    await put(await open({ PLENUM_DATA_DIR: data, FILES_DIR: path.join(data, 'other') }));
    assert.ok(existsSync(path.join(data, 'other/exports/a@/a')));
  });

  it('are in the bucket that is named, whatever folder is', { skip }, async (t) => {
    const FILES_DIR = path.join(await directory(t), 'files');
    const { settings, folder } = await startVersitygw(t, program ?? '');
    const { bucket, endpoint = '', accessKeyId = '', secretAccessKey = '' } = settings;
    const s3 = { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_PREFIX: 'plenum/' };
    const files = await open({
      ...{ FILES_DIR, ...s3, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
    });
    await put(files);
    assert.equal((await files.describe('exports/a'))?.bytes, 5);
    assert.ok(existsSync(path.join(folder, 'plenum')));
    assert.ok(!existsSync(FILES_DIR));
  });

  it('are nowhere where what is said of S3 does not fit together, and all of it is named', async () => {
    assert.deepEqual(await problemsOf({ S3_PREFIX: 'plenum', S3_SECRET_ACCESS_KEY: 'open sesame' }), [
      'S3_BUCKET is missing: S3_PREFIX and S3_SECRET_ACCESS_KEY would be of no use without it.',
      'S3_ACCESS_KEY_ID is missing: it goes with S3_SECRET_ACCESS_KEY.',
      'S3_PREFIX has to end with a slash.',
    ]);
    assert.deepEqual(await problemsOf({ S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'plenum' }), [
      'S3_SECRET_ACCESS_KEY is missing: it goes with S3_ACCESS_KEY_ID.',
    ]);
  });
});
