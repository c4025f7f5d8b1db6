/** What we draw, as programs see it that know nothing of us: ezdxf and PDFium, and GDAL where it is installed. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { boundsOf, type Drawing } from '@plenum/drawing';
import { hostileTexts, manyPanels, sampleDrawing, sampleSheet } from '@plenum/drawing/testing';
import { heldText, writeDxf } from '@plenum/dxf';
import { writePdf } from '@plenum/pdf';
import { pythonEnvironment } from '../examples/python-environment.ts';

const { python, skip } = await pythonEnvironment(path.join(import.meta.dirname, 'requirements.txt'));
const run = promisify(execFile);
const folder = await mkdtemp(path.join(tmpdir(), 'plenum-drawings-'));
after(() => rm(folder, { recursive: true, force: true }));

const ask = async (script: string, question: unknown): Promise<unknown> => {
  const asked = spawn(python ?? '', [path.join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  asked.stdin.end(JSON.stringify(question));
  return JSON.parse(await text(asked.stdout));
};

const written = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
};

/** As `read_dxf.py` writes it. */
type DxfSeen = {
  readonly errors: readonly string[];
  readonly fixes: readonly string[];
  readonly entities: Readonly<Record<string, number>>;
  readonly texts: readonly (readonly [text: string, align: string])[];
  readonly [other: string]: unknown;
};

const sample = sampleDrawing();
const panels = manyPanels(120);
const empty: Drawing = { ...sample, shapes: [] };

describe('DXF as ezdxf reads it', { skip }, async () => {
  const drawings = { sample, panels, empty };
  const files = Object.entries(drawings).map(([name, drawing]) => written(`${name}.dxf`, writeDxf(drawing)));
  const [seen, seenPanels, seenEmpty] = python === undefined ? [] : await seeDxf(await Promise.all(files));

  it('has nothing to repair', () => {
    for (const each of [seen, seenPanels, seenEmpty]) assert.deepEqual([each?.errors, each?.fixes], [[], []]);
  });

  it('is millimetres, on its layers, as far as it was drawn', () => {
    assert.deepEqual([seen?.version, seen?.units, seen?.measurement], ['AC1024', 4, 1]);
    assert.deepEqual(seen?.layers, {
      // ezdxf's own, for the points that dimensions hang on.
      Defpoints: [7, 'Continuous'],
      0: [7, 'CONTINUOUS'],
      CEILING_BOUNDARY: [7, 'CONTINUOUS'],
      PERIMETER_GAP: [2, 'DASH_10_5'],
      PANELS: [1, 'CONTINUOUS'],
      ANNOTATIONS: [3, 'CONTINUOUS'],
      DIMENSIONS: [4, 'CONTINUOUS'],
      SENSOR_NODES: [6, 'CONTINUOUS'],
    });
    assert.deepEqual(seen.extents, [0, 0, 4800, 3600]);
    const { minX, minY, maxX, maxY } = boundsOf(sample.shapes) ?? {};
    assert.deepEqual(seen.header, [minX, minY, maxX, maxY]);
  });

  it('has every shape once, polygons with their own corners and no others', () => {
    assert.deepEqual(seen?.entities, {
      'CEILING_BOUNDARY/LWPOLYLINE': 1,
      'PERIMETER_GAP/LWPOLYLINE': 1,
      'PANELS/LWPOLYLINE': 6,
      'ANNOTATIONS/TEXT': 16,
      'DIMENSIONS/DIMENSION': 5,
      'SENSOR_NODES/CIRCLE': 2,
      'SENSOR_NODES/LINE': 1,
    });
    assert.deepEqual([seen.vertices, seen.closed], [[4], true]);
    assert.deepEqual(seenPanels?.entities, { 'PANELS/LWPOLYLINE': 120, 'ANNOTATIONS/TEXT': 120 });
  });

  it('says every text as it is', () => {
    const labels = Array.from({ length: 6 }, (_, index) => [`P${index + 1}`, 'MIDDLE_CENTER']);
    assert.deepEqual(seen?.texts, [...labels, ...hostileTexts.map((raw) => [heldText(raw), 'LEFT'])]);
  });

  it('measures what its dimensions show', () => {
    const dimensions = seen?.dimensions as readonly (readonly [measured: number, texts: readonly string[]])[]; // As the script writes them.
    assert.deepEqual(
      dimensions.map(([measured, texts]) => [Number(measured.toFixed(3)), texts]),
      [
        [4800, ['4800']],
        [3600, ['3600']],
        [1333.333, ['1333.3']],
        [3600, ['3600']],
        [1421.267, ['1421.3']],
      ],
    );
  });
});

async function seeDxf(files: readonly string[]): Promise<readonly DxfSeen[]> {
  return (await ask('read_dxf.py', files)) as readonly DxfSeen[]; // As `read_dxf.py` writes it.
}

const gdal = await run('ogrinfo', ['--version']).then(
  () => false,
  () => 'no ogrinfo on this machine',
);

describe('DXF as GDAL reads it', { skip: gdal }, () => {
  it('opens, with all its shapes', async () => {
    const file = await written('gdal.dxf', writeDxf(panels));
    const { stdout } = await run('ogrinfo', ['-ro', '-so', '-al', file]);
    assert.match(stdout, /Feature Count: 240/);
  });
});

describe('PDF as PDFium shows it', { skip }, async () => {
  const at = new Date('2026-11-28T12:00:00Z');
  // A page of A3 at 1:25, and what stands about the middle of its paper.
  const file = await written('sheet.pdf', await writePdf(sampleSheet(), { at }));
  const seen = python === undefined ? undefined : ((await ask('read_pdf.py', file)) as PdfSeen); // As the script writes it.

  it('is three pages of A3 across', () => {
    assert.deepEqual(
      seen?.pages.map((page) => page.map((mm) => Number(mm.toFixed(2)))),
      [
        [420, 297],
        [420, 297],
        [420, 297],
      ],
    );
  });

  it('is at its true scale: 4800 mm of ceiling are 192 mm of paper', () => {
    const [left, top, right, bottom] = seen?.ceiling ?? [];
    assert.ok(left !== undefined && top !== undefined && right !== undefined && bottom !== undefined);
    assert.ok(Math.abs(right - left - 4800 / 25) < 0.3, `${right - left} mm across`);
    assert.ok(Math.abs(bottom - top - 3600 / 25) < 0.3, `${bottom - top} mm down`);
  });

  it('says its texts, those of other alphabets too', () => {
    for (const said of ['1:25 on A3, millimetres', 'Ђорђе Ćirić', '<script>alert(1)</script>', 'P6']) {
      assert.ok(seen?.text.includes(said), said);
    }
  });
});

type PdfSeen = {
  readonly pages: readonly (readonly [width: number, height: number])[];
  readonly ceiling: readonly number[];
  readonly text: string;
};
