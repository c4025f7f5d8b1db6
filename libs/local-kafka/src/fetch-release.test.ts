import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { findJava } from './java.ts';
import { LocalKafkaUnavailable } from './unavailable.ts';

it('says so where there is no Maven, and leaves nothing half fetched', async (t) => {
  const cacheDirectory = await mkdtemp(path.join(tmpdir(), 'plenum-cache-'));
  t.after(() => rm(cacheDirectory, { recursive: true }));
  const script = `
    import { fetchRelease } from ${JSON.stringify(path.join(import.meta.dirname, 'fetch-release.ts'))};
    import { kafkaRelease } from ${JSON.stringify(path.join(import.meta.dirname, 'releases.ts'))};
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    await fetchRelease(kafkaRelease('4.1.1'), { cacheDirectory: ${JSON.stringify(cacheDirectory)}, logger }).catch(
      (error) => console.log(error.name, error.message),
    );`;
  const args = ['--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: '' } });
  assert.equal(stdout.trim(), 'LocalKafkaUnavailable Maven (mvn) was not found');
  assert.deepEqual(await readdir(cacheDirectory), []);
});

it('says so where there is no Java', async () => {
  await assert.rejects(findJava(17, path.join(tmpdir(), 'no', 'java')), LocalKafkaUnavailable);
});
