import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Ended, lastLine, plenumEnvironment, plenumMain } from '../testing/run-plenum.ts';

const emptyFolder = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plenum-ceiling-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
};

/** In a folder where nothing else is: no server, no database, no settings. */
const calculate = (folder: string, words: readonly string[], typed = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      ...plenumEnvironment({ PLENUM_DATA_DIR: path.join(folder, 'data') }),
      SOURCE_DATE_EPOCH: '1772615702',
    };
    const process_ = execFile(
      process.execPath,
      [plenumMain, 'ceiling', 'calculate', ...words],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
      },
    );
    process_.stdin?.end(typed);
  });

const documentIn = async (folder: string): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> =>
  JSON.parse(await readFile(path.join(folder, 'ceiling_project.json'), 'utf8'));

const asked = [
  ...['--length', '4800', '--width', '3600', '--perim-gap', '200', '--panel-gap', '200'],
  ...['--material', 'led_panel_white', '--output-dir', 'out'],
];
const all = [
  'ceiling_layout.dxf',
  'ceiling_layout.pdf',
  'ceiling_layout.svg',
  'ceiling_project.json',
  'ceiling_report.txt',
];

describe('a ceiling on the command line', () => {
  it('is laid out, priced and written in five files, without a server', async (t) => {
    const folder = await emptyFolder(t);
    const ended = await calculate(folder, [...asked, '--json']);
    assert.deepEqual([ended.code, ended.stderr], [0, '']);
    const { layout, material, files } = lastLine(ended);
    assert.partialDeepStrictEqual(layout, {
      panels_per_row: 2,
      panels_per_column: 3,
      total_panels: 6,
      panel_width_mm: 1500,
    });
    assert.equal((layout as { panel_length_mm: number }).panel_length_mm.toFixed(2), '1333.33');
    assert.partialDeepStrictEqual(material, { name: 'LED Panel', total_cost: 5400 });
    assert.deepEqual(await readdir(folder), ['out']);
    assert.deepEqual((await readdir(path.join(folder, 'out'))).sort(), all);
    for (const { file, bytes, sha256 } of files as { file: string; bytes: number; sha256: string }[]) {
      const content = await readFile(path.join(folder, file));
      assert.equal(content.byteLength, bytes);
      assert.equal(createHash('sha256').update(content).digest('hex'), sha256);
    }
  });

  it('gives the same bytes for the same ceiling and time', async (t) => {
    const folder = await emptyFolder(t);
    const [one, other] = [await calculate(folder, [...asked, '--json']), await calculate(folder, [...asked, '--json'])];
    assert.equal(one.code, 0);
    assert.equal(one.stdout, other.stdout);
  });

  it('says in a terminal what came of it', async (t) => {
    const folder = await emptyFolder(t);
    const { code, stdout } = await calculate(folder, asked);
    assert.equal(code, 0);
    assert.match(stdout, /panels +6, in 2 rows of 3\n/);
    assert.match(stdout, /panel +1500 × 1333\.33 mm\n/);
    assert.match(stdout, /total cost +\$5,400\.00\n/);
    assert.match(stdout, /out\/ceiling_layout\.dxf {2}\d+ bytes, SHA-256 [0-9a-f]{64}\n/);
  });

  it('takes settings of a file, over them options, and over both answers', async (t) => {
    const folder = await emptyFolder(t);
    const settings = { ceiling_length_mm: 8000, ceiling_width_mm: 6000, export_dxf: false, export_svg: false };
    await writeFile(path.join(folder, 'c.json'), JSON.stringify(settings));
    const words = ['--config', 'c.json', '--width', '5000', '--no-pdf', '--no-report', '--interactive'];
    // No value first, then one; after the third answer nothing more is typed.
    const { code, stderr } = await calculate(folder, words, 'long\n7000\n\n150\n');
    assert.equal(code, 0);
    assert.match(stderr, /Ceiling length in mm \[8000\]: .*must be a number.*\n.*\[8000\]: .*width in mm \[5000\]: /);
    const { ceiling, spacing } = await documentIn(folder);
    assert.partialDeepStrictEqual(ceiling, { length_mm: 7000, width_mm: 5000 });
    assert.partialDeepStrictEqual(spacing, { perimeter_gap_mm: 150 });
    assert.deepEqual(
      (await readdir(folder)).sort(),
      ['c.json', 'ceiling_project.json'],
      'what a file turns off stays off',
    );
  });

  it('names every fault at once, and writes nothing', async (t) => {
    const folder = await emptyFolder(t);
    await writeFile(path.join(folder, 'c.json'), '{"ceiling_length_mm": "long", "colour": "red"}');
    const words = [
      '--config',
      'c.json',
      '--width=-3',
      '--panel-gap',
      'NaN',
      '--material',
      '<script>',
      '--output-dir',
      'out',
    ];
    const { code, stderr } = await calculate(folder, words);
    assert.equal(code, 64);
    for (const named of ['ceiling_length_mm', 'colour', '--width', '--panel-gap', '--material']) {
      assert.match(stderr, new RegExp(`^ +.*${named}`, 'm'), stderr);
    }
    assert.deepEqual(await readdir(folder), ['c.json']);
  });

  it('says so where no layout is possible, and where a file cannot be written', async (t) => {
    const folder = await emptyFolder(t);
    const narrow = await calculate(folder, ['--length', '600', '--width', '600', '--output-dir', 'out']);
    assert.deepEqual([narrow.code, await readdir(folder)], [1, []], narrow.stderr);
    // A folder stands where the report is to be: nothing else is replaced by halves.
    await mkdir(path.join(folder, 'ceiling_report.txt'));
    const blocked = await calculate(folder, ['--no-pdf']);
    assert.equal(blocked.code, 1);
    assert.ok(!(await readdir(folder)).some((name) => name.startsWith('.')), 'nothing unfinished is left');
  });
});
