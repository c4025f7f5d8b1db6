import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Drawing, UnfitDrawing, Unreadable } from '@plenum/drawing';
import { flipped, hostileTexts, manyPanels, mutants, sampleDrawing, truncated } from '@plenum/drawing/testing';
import { certifySvg } from './certify-svg.ts';
import { readSvg } from './read-svg.ts';
import { writeSvg } from './write-svg.ts';

const drawing = sampleDrawing();
const bytes = writeSvg(drawing);
const written = createHash('sha256').update(bytes).digest('hex');
const text = new TextDecoder().decode(bytes);
const edited = (from: string, to: string): Uint8Array => {
  assert.ok(text.includes(from), `the file holds ${from}`);
  return new TextEncoder().encode(text.replace(from, () => to));
};

/** As a ceiling is shown on a screen. */
const screen: Drawing = {
  title: 'Ceiling',
  layers: [
    { name: 'CEILING', colorIndex: 7, stroke: '#333333', strokeWidth: 3, fill: '#f0f0f0' },
    { name: 'GAP', colorIndex: 2, stroke: '#999999', strokeWidth: 0.75, dash: [10, 5] },
    { name: 'TEXT_SMALL', colorIndex: 3, stroke: '#333333', strokeWidth: 1 },
    { name: 'TEXT', colorIndex: 3, stroke: '#333333', strokeWidth: 1 },
  ],
  shapes: [
    { kind: 'polygon', layer: 'CEILING', points: corners(0, 0, 4800, 3600) },
    { kind: 'polygon', layer: 'GAP', points: corners(200, 200, 4600, 3400) },
    { kind: 'text', layer: 'TEXT_SMALL', align: 'middle', at: { x: 866.67, y: 950 }, height: 30 * 0.716, text: 'P1' },
    {
      kind: 'text',
      layer: 'TEXT',
      align: 'start',
      at: { x: 50, y: 3500 },
      height: 50 * 0.716,
      bold: true,
      text: 'A & B',
    },
  ],
};

function corners(minX: number, minY: number, maxX: number, maxY: number) {
  return [
    { x: minX, y: minY },
    { x: maxX, y: minY },
    { x: maxX, y: maxY },
    { x: minX, y: maxY },
  ];
}

describe('a drawing as SVG', () => {
  it('comes back as it was drawn, by a reader that is not the writer', () => {
    const { problems, conformance } = certifySvg(bytes, drawing, { written });
    assert.deepEqual(problems, []);
    assert.deepEqual(conformance?.entities.DIMENSIONS, { dimension: 5 });
    assert.deepEqual(
      conformance?.layers,
      drawing.layers.map(({ name }) => name),
    );
  });

  it('has a class for each layer, millimetres for its units, and as many pixels as are asked for', () => {
    const page = { width: 4800, height: 3600 };
    const groups = [
      { id: 'panels', layers: ['TEXT_SMALL'] },
      { id: 'annotations', layers: ['TEXT'] },
    ];
    const svg = new TextDecoder().decode(writeSvg(screen, { page, groups }));
    for (const part of [
      '<?xml version="1.0" encoding="UTF-8"?>\n<svg ',
      'width="2400.0px" height="1800.0px" viewBox="0 0 4800 3600"',
      '.ceiling { fill: #f0f0f0; stroke: #333333; stroke-width: 3; }',
      '.gap { fill: none; stroke: #999999; stroke-width: 0.75; stroke-dasharray: 10,5; }',
      '.text { font-family: Arial, sans-serif; font-size: 50px; fill: #333333; }',
      '.text-small { font-family: Arial, sans-serif; font-size: 30px; fill: #333333; }',
      '<rect class="gap" x="200.0" y="200.0" width="4400.0" height="3200.0"/>',
      '<g id="panels">\n    <text class="text-small" x="866.7" y="2650.0" text-anchor="middle" dominant-baseline="middle">P1<',
      '<g id="annotations">\n    <text class="text" x="50.0" y="100.0" font-weight="bold">A &amp; B</text>',
    ]) {
      assert.ok(svg.includes(part), part);
    }
    const scaled = (scale: 'print' | 'high_res' | number) =>
      readSvg(writeSvg(screen, { page, scale })).scale.map((pixels) => Number(pixels.toFixed(3)));
    assert.deepEqual(
      [scaled('print'), scaled('high_res'), scaled(1.5)],
      [
        [0.352, 0.352],
        [0.705, 0.705],
        [1.5, 1.5],
      ],
    );
    assert.deepEqual(
      certifySvg(writeSvg(screen, { page, groups, scale: 2 }), screen, { page, groups, scale: 2 }).problems,
      [],
    );
  });

  it('measures what was drawn, also where a tenth is about to be another one', () => {
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
    const measured = { ...drawing, shapes };
    assert.deepEqual(certifySvg(writeSvg(measured), measured).problems, []);
  });

  it('says every text as text', () => {
    const texts = readSvg(bytes).shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    assert.deepEqual(texts.slice(6, 9), hostileTexts.slice(0, 3));
    assert.equal(texts[9], 'line one␊line two␍␉tab␀nul��');
    assert.doesNotMatch(text, /<script/);
  });

  it('is the same bytes each time', () => assert.deepEqual(writeSvg(drawing), bytes));

  it('is refused when it cannot be drawn, or is of no size', () => {
    assert.throws(() => writeSvg({ ...drawing, layers: [] }), UnfitDrawing);
    for (const scale of [0, -1, Number.NaN, 101]) assert.throws(() => writeSvg(drawing, { scale }), RangeError);
    assert.throws(() => writeSvg(drawing, { page: { width: 0, height: 1 } }), RangeError);
  });

  it('is written with nothing on it, and with very much', () => {
    for (const each of [{ ...drawing, shapes: [] }, manyPanels(2500)]) {
      assert.deepEqual(certifySvg(writeSvg(each), each).problems, []);
    }
  });
});

describe('an SVG file that is not what was drawn', () => {
  for (const [name, mutant] of Object.entries(mutants(drawing))) {
    it(`is refused: ${name}`, () => assert.notDeepEqual(certifySvg(writeSvg(mutant), drawing).problems, []));
  }

  it('is refused when its size, its styles, its groups or a picture of a dimension say something else', () => {
    assert.match(certifySvg(writeSvg(drawing, { scale: 1 }), drawing).problems.join(), /pixels for a millimetre/);
    const edits: readonly (readonly [from: string, to: string, problem: RegExp])[] = [
      ['px" height', 'mm" height', /not in pixels/],
      ['viewBox="-', 'viewBox="-1', /shows -1/],
      ['stroke: #0066cc', 'stroke: #e8f4f8', /other styles/],
      ['<g id="panels"', '<g id="slabs"', /has the groups .*slabs/],
      ['>1333.3<', '>1233.3<', /shows dimension 3 otherwise/],
      ['rotate(-90.0', 'rotate(-80.0', /shows dimension 2 otherwise/],
      ['version="1.1"', 'version="1.2"', /of version 1.2/],
      ['<title>Ceiling', '<title>Floor', /has the title "Floor/],
    ];
    for (const [from, to, problem] of edits) {
      assert.match(certifySvg(edited(from, to), drawing).problems.join('\n'), problem);
    }
  });

  it('is refused with anything in it that is not written here', () => {
    const within = (part: string): Uint8Array => edited('</svg>', `${part}</svg>`);
    for (const part of [
      '<script>alert(1)</script>',
      '<image href="https://example.org/x.png"/>',
      '<rect class="panels" onclick="alert(1)" x="0.0" y="0.0" width="1.0" height="1.0"/>',
      '<!-- a comment -->',
      'text',
      '<path d="M0 0"/>',
      '<text class="annotations" x="0.0" y="0.0">a<text class="annotations" x="0.0" y="0.0">b</text></text>',
      '<svg:rect xmlns:svg="http://www.w3.org/1999/xhtml"/>',
    ]) {
      assert.throws(() => readSvg(within(part)), Unreadable, part);
    }
    assert.throws(() => readSvg(edited('<svg', '<!DOCTYPE svg><svg')), Unreadable);
  });

  it('is refused with any byte changed, by its digest if by nothing else', () => {
    let meaningless = 0;
    for (const copy of flipped(bytes, 300, 2026)) {
      if (certifySvg(copy, drawing).problems.length === 0) meaningless += 1;
      assert.notDeepEqual(certifySvg(copy, drawing, { written }).problems, []);
    }
    // The last digits of coordinates, and spaces between elements.
    assert.ok(meaningless < 60, `${meaningless} of 300 were only seen by the digest`);
  });

  it('is refused when its end is missing, wherever it was cut', () => {
    for (const cut of truncated(bytes, 60)) assert.throws(() => readSvg(cut), Unreadable);
  });
});
