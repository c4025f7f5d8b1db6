/** The drawings of a small corpus, as ezdxf, expat and PDFium have them; `npm run drawings` does the same with a large one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { pythonEnvironment } from '../examples/python-environment.ts';
import { openPython, type Python } from './ask-python.ts';
import { corpusOf } from './corpus/ceilings.ts';
import { pictured } from './corpus/chosen-ceilings.ts';
import { type CeilingDrawings, drawingsOf } from './corpus/files-of.ts';
import { dimensionGone, labelChanged, panelGone, panelMoved, transposed } from './corpus/mutants.ts';
import { writeFiles } from './corpus/write-files.ts';
import { findGdal, judgeByGdal } from './judges/gdal.ts';
import { judgeFiles, script } from './judges/judge-files.ts';
import { sameText } from './judges/same-text.ts';

const { python, skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));
const folder = await mkdtemp(path.join(tmpdir(), 'plenum-corpus-'));
after(() => rm(folder, { recursive: true, force: true }));

const [first, second, ...others] = corpusOf(pictured, 13);
assert.ok(first !== undefined && second !== undefined);
const corpus = [first, second, ...others];

describe('the drawings of a corpus', { skip }, () => {
  let opened: Python | undefined;
  const program = (): Python => (opened ??= openPython(python ?? '', script));
  after(() => opened?.[Symbol.asyncDispose]());

  it('show the layout, and nothing else', async () => {
    for (const ceiling of corpus) {
      const { problems } = await judgeFiles(program(), ceiling, await writeFiles(folder, ceiling));
      assert.deepEqual(problems, [], ceiling.name);
    }
  });

  const mutants: Readonly<Record<string, readonly [CeilingDrawings, readonly string[]]>> = {
    'a panel moved by 1 mm': [panelMoved(second, 1), ['dxf', 'svg', 'pdf']],
    'a panel gone': [panelGone(second), ['dxf', 'svg', 'pdf']],
    'a label changed': [labelChanged(second), ['dxf', 'svg', 'pdf']],
    'a dimension gone': [dimensionGone(second), ['dxf', 'pdf']],
    'the grid transposed': [transposed(second), ['dxf', 'svg', 'pdf']],
    'a material of another name': [
      drawingsOf({
        ...second,
        material: { name: 'Cork', category: 'custom', color: '', reflectivity: 0, cost_per_sqm: 1, notes: '' },
      }),
      ['dxf', 'svg', 'pdf'],
    ],
  };
  for (const [name, [drawings, refused]] of Object.entries(mutants)) {
    it(`are refused with ${name}`, async () => {
      const { problems } = await judgeFiles(program(), second, await writeFiles(folder, second, drawings));
      assert.deepEqual([...new Set(problems.map((problem) => problem.slice(0, 3)))], refused, problems.join('\n'));
    });
  }
});

const gdal = await findGdal();

describe('the drawings of a corpus, by GDAL', { skip: 'missing' in gdal ? gdal.missing : false }, () => {
  it('open with all their features', async () => {
    for (const ceiling of corpus) {
      const { dxf } = await writeFiles(folder, ceiling);
      assert.deepEqual(await judgeByGdal(ceiling, dxf), [], ceiling.name);
    }
  });

  it('are refused with a panel less', async () => {
    const { dxf } = await writeFiles(folder, second, panelGone(second));
    assert.equal((await judgeByGdal(second, dxf)).length, 1);
  });
});

describe('a corpus', () => {
  it('has the same ceilings for the same seed, however many are asked for', () => {
    assert.deepEqual(corpusOf(20, 5).slice(0, 14), corpusOf(14, 5));
    assert.notDeepEqual(corpusOf(20, 5).slice(14), corpusOf(20, 6).slice(14));
  });
});

describe('a text that was read', () => {
  it('is the one that was asked for, but for what no line holds', () => {
    assert.ok(sameText('a\nb\uFEFF%%c', 'a␊b�%%c'));
    assert.ok(sameText(String.raw`\U+0041 \x ^^`, String.raw`＼U+0041 \x ˆˆ`));
    for (const seen of ['a b', 'ab', 'a␊bc', 'aØb', 'a\nb']) assert.ok(!sameText('a\nb', seen), seen);
    assert.ok(!sameText('%%c', 'Ø'));
    assert.ok(!sameText('<script>', '&lt;script&gt;'));
  });

  it('may be shortened where it is long', () => {
    assert.ok(sameText('x'.repeat(300), `${'x'.repeat(250)}…`, { shortenedFrom: 200 }));
    assert.ok(!sameText('x'.repeat(300), `${'x'.repeat(150)}…`, { shortenedFrom: 200 }));
    assert.ok(!sameText('x'.repeat(300), `${'x'.repeat(250)}…`));
  });
});
