/** Files from the command line: the same as those of the API, also when every table was made again. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { testDirectory } from '@plenum/postgres/testing';
import { lastLine, type Place, runPlenum, smallDemo } from '../testing/run-plenum.ts';

type HandedOut = { readonly kind: string; readonly format: string; readonly sha256: string };

describe('plenum export', () => {
  it('gives what was handed out before, byte for byte, after every table was rebuilt; or says all that is wrong', async (t) => {
    const place = { PLENUM_DATA_DIR: testDirectory(t) };
    const out = testDirectory(t);
    await mkdir(out);
    const demo = await runPlenum(place, smallDemo);
    assert.equal(demo.code, 0, demo.stderr);
    for (const projection of ['readings', 'nodes', 'ceiling_projects']) {
      const rebuilt = await runPlenum(place, ['replay', 'rebuild', projection, '--json']);
      assert.deepEqual([rebuilt.code, lastLine(rebuilt).generation], [0, 2], rebuilt.stderr);
    }
    const options = JSON.stringify({ project: await projectIn(place) });
    const handedOut = lastLine(demo).exports as readonly HandedOut[]; // As the demonstration declares it.
    const files = handedOut.filter(({ format }) => ['dxf', 'pdf', 'csv', 'parquet'].includes(format));
    assert.equal(files.length, 4);
    for (const { kind, format, sha256 } of files) {
      const file = path.join(out, `${kind}.${format}`);
      const words = ['export', kind, '--format', format, '--out', file, '--json'];
      const ended = await runPlenum(place, kind === 'ceiling' ? [...words, '--options', options] : words);
      assert.deepEqual([ended.code, ended.code === 0 && lastLine(ended).sha256], [0, sha256], ended.stderr);
    }
    assert.equal((await readdir(out)).length, files.length, 'nothing unfinished is left');

    const wrong = await runPlenum(place, [
      'export',
      'readings',
      '--format',
      'dxf',
      '--from',
      'once',
      '--filters',
      '{"hue":1}',
    ]);
    assert.equal(wrong.code, 64);
    for (const named of [/format is none/, /from is not a time/, /filters\/hue is not known/]) {
      assert.match(wrong.stderr, named);
    }
    const noJson = await runPlenum(place, ['export', 'ceiling', '--format', 'dxf', '--options', 'project']);
    assert.deepEqual([noJson.code, /--options must be a JSON object/.test(noJson.stderr)], [64, true]);
    const unknown = ['export', 'ceiling', '--format', 'dxf', '--options', '{"project":"none"}'];
    const failed = await runPlenum(place, unknown);
    assert.deepEqual([failed.code, /There is no such ceiling project/.test(failed.stderr)], [1, true], failed.stderr);
  });
});

/** The one that the demonstration designed. */
const projectIn = async (place: Place): Promise<string> => {
  const file = path.join(place.PLENUM_DATA_DIR, 'decisions.ndjson');
  const ended = await runPlenum(place, ['replay', 'export', '--topic', 'plenum.layout.decisions', '--out', file]);
  assert.equal(ended.code, 0, ended.stderr);
  const [first = ''] = (await readFile(file, 'utf8')).split('\n');
  return /ceilingproject-([0-9a-f-]{36})/.exec(first)?.[1] ?? assert.fail(first);
};
