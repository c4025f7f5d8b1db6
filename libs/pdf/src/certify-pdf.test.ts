import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Drawing, type Sheet, UnfitDrawing, Unreadable } from '@plenum/drawing';
import { flipped, manyPanels, mutants, sampleDrawing, sampleSheet, truncated } from '@plenum/drawing/testing';
import { certifyPdf } from './certify-pdf.ts';
import { readPdf } from './read-pdf.ts';
import { writePdf } from './write-pdf.ts';

const at = new Date('2026-11-28T12:00:00Z');
const sheet = sampleSheet();
const bytes = await writePdf(sheet, { at });
const written = createHash('sha256').update(bytes).digest('hex');
const problemsOf = async (other: Sheet): Promise<readonly string[]> =>
  (await certifyPdf(await writePdf(other, { at }), sheet, { at })).problems;
const drawn = (drawing: Drawing): Sheet => ({ ...sheet, drawing });

describe('a sheet as PDF', () => {
  it('comes back as it was drawn, by a reader that is not the writer', async () => {
    const { problems, conformance } = await certifyPdf(bytes, sheet, { at, written });
    assert.deepEqual(problems, []);
    assert.deepEqual(conformance?.entities, {
      ANNOTATIONS: { text: 16 },
      CEILING_BOUNDARY: { polygon: 1 },
      DIMENSIONS: { dimension: 5 },
      PANELS: { polygon: 6 },
      PERIMETER_GAP: { polygon: 1 },
      SENSOR_NODES: { circle: 2, line: 1 },
    });
  });

  it('is at the largest standard scale that its paper has room for', async () => {
    const scaleOn = async (paper: 'a3' | 'a4', panels: number): Promise<number | undefined> =>
      (await readPdf(await writePdf({ ...sheet, paper, drawing: manyPanels(panels), tables: [] }, { at }))).scale;
    const scales = [await scaleOn('a3', 1), await scaleOn('a4', 1), await scaleOn('a4', 400)];
    assert.deepEqual(
      scales.map((scale) => Number(scale?.toFixed(4))),
      [5, 5, 100],
    );
    const { pages, scale } = await readPdf(bytes);
    assert.deepEqual(
      [pages.map((page) => page.map(Math.round)), Number(scale?.toFixed(4))],
      [Array.from({ length: 3 }, () => [420, 297]), 25],
    );
  });

  it('has its title block and every row of its tables, over as many pages as they take', async () => {
    const { texts } = await readPdf(bytes);
    for (const text of [
      'Office 4.12',
      '1:25 on A3, millimetres',
      '1 / 3',
      'Ђорђе Ćirić',
      'P70',
      'Material <b>',
      '5400.00',
    ]) {
      assert.ok(texts.includes(text), text);
    }
    assert.ok(texts.includes('Cutting list (continued)'));
    assert.equal(texts.filter((text) => /^P\d+$/.test(text)).length, 70);
    assert.ok(
      texts.some((text) => /^x{20,}…$/.test(text)),
      'what is too long for its cell is cut',
    );
  });

  it('measures what was drawn, also where a tenth is about to be another one', async () => {
    const shapes = Array.from({ length: 40 }, (_, index) => {
      const [x, y] = [(1000 * index) / 3, 852.75 + index * 0.05];
      return {
        kind: 'dimension',
        layer: 'DIMENSIONS',
        from: { x, y: 0.1 / 3 },
        to: { x, y },
        offset: 500,
        height: 9,
      } as const;
    });
    const measured = drawn({ ...sheet.drawing, shapes });
    assert.deepEqual((await certifyPdf(await writePdf(measured, { at }), measured, { at })).problems, []);
  });

  it('is the same bytes for the same time of the log, also when another is written meanwhile', async () => {
    const [again] = await Promise.all([writePdf(sheet, { at }), writePdf(drawn(manyPanels(2)), { at })]);
    assert.deepEqual(again, bytes);
    assert.notDeepEqual(await writePdf(sheet, { at: new Date(0) }), bytes);
  });

  it('is written with nothing on it, and with very much', async () => {
    for (const each of [drawn({ ...sampleDrawing(), shapes: [] }), drawn(manyPanels(300))]) {
      const { problems } = await certifyPdf(await writePdf(each, { at }), each, { at });
      assert.deepEqual(problems, []);
    }
  });

  it('is refused when it cannot be drawn, or has no room on its paper', async () => {
    await assert.rejects(writePdf(drawn({ ...sampleDrawing(), layers: [] }), { at }), UnfitDrawing);
    const [layer] = sampleDrawing().layers;
    assert.ok(layer !== undefined);
    const far = { kind: 'line', layer: layer.name, from: { x: 0, y: 0 }, to: { x: 1e8, y: 0 } } as const;
    await assert.rejects(
      writePdf(drawn({ title: '', layers: [layer], shapes: [far] }), { at }),
      /too large for its paper/,
    );
    const titleBlock = Array.from({ length: 25 }, () => ['a', 'b'] as const);
    await assert.rejects(writePdf({ ...sheet, titleBlock }, { at }), RangeError);
  });
});

describe('a PDF file that is not what was drawn', () => {
  for (const [name, mutant] of Object.entries(mutants(sheet.drawing))) {
    it(`is refused: ${name}`, async () => assert.notDeepEqual(await problemsOf(drawn(mutant)), []));
  }

  it('is refused when its paper, its title block, its tables or its time are others', async () => {
    assert.match((await problemsOf({ ...sheet, paper: 'a4' })).join('\n'), /has pages of .*is drawn at 1:50/s);
    assert.match((await problemsOf({ ...sheet, titleBlock: [] })).join('\n'), /texts beside its drawing/);
    const [list, ...others] = sheet.tables;
    assert.ok(list !== undefined);
    const tables = [{ ...list, rows: list.rows.with(3, ['P4', '1333.4', '1500', '1']) }, ...others];
    assert.match((await problemsOf({ ...sheet, tables })).join('\n'), /"1333.4" is not "1333.3"/);
    const { problems } = await certifyPdf(bytes, sheet, { at: new Date(0) });
    assert.deepEqual(problems, ['says that it is of D:20261128120000Z, and not D:19700101000000Z']);
  });

  it('is refused when a layer looks otherwise', async () => {
    const layers = sheet.drawing.layers.map((layer) =>
      layer.name === 'PANELS' ? { ...layer, stroke: '#e8f4f8', strokeWidth: 20 } : layer,
    );
    assert.deepEqual(await problemsOf(drawn({ ...sheet.drawing, layers })), [
      'draws layer PANELS in other colours, widths or dashes',
    ]);
  });

  it('is refused with any byte changed, by its digest if by nothing else', async () => {
    for (const copy of flipped(bytes, 25, 2026)) {
      assert.notDeepEqual((await certifyPdf(copy, sheet, { at, written })).problems, []);
    }
  });

  it('is refused when its end is missing, wherever it was cut', async () => {
    for (const cut of truncated(bytes, 20)) await assert.rejects(readPdf(cut), Unreadable);
    await assert.rejects(readPdf(bytes.subarray(0, bytes.length - 1)), Unreadable);
  });
});
