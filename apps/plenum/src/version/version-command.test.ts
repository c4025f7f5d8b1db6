import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { lastLine, runPlenum } from '../testing/run-plenum.ts';

it('prints the version of package.json, whatever the settings are like', async (t) => {
  const manifest = readFileSync(path.join(import.meta.dirname, '../../../../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const place = { PLENUM_DATA_DIR: testDirectory(t), PORT: 'no port' };
  for (const words of [['--version'], ['-V'], ['version']]) {
    assert.deepEqual(await runPlenum(place, words), { code: 0, stdout: `plenum ${version}\n`, stderr: '' });
  }
  const json = await runPlenum(place, ['--version', '--json']);
  assert.deepEqual(lastLine(json), { version, node: process.versions.node });
});
