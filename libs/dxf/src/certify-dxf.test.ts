import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { UnfitDrawing, Unreadable } from '@plenum/drawing';
import { flipped, manyPanels, mutants, sampleDrawing, truncated } from '@plenum/drawing/testing';
import { certifyDxf } from './certify-dxf.ts';
import { readDxf } from './read-dxf.ts';
import { writeDxf } from './write-dxf.ts';

const drawing = sampleDrawing();
const bytes = writeDxf(drawing);
const digest = createHash('sha256').update(bytes).digest('hex');
const text = new TextDecoder().decode(bytes);
const edited = (from: string, to: string): Uint8Array => {
  assert.ok(text.includes(from), `the file holds ${from}`);
  return new TextEncoder().encode(text.replace(from, to));
};

describe('a drawing as DXF', () => {
  it('comes back as it was drawn, by a reader that is not the writer', () => {
    const { problems, conformance } = certifyDxf(bytes, drawing, digest);
    assert.deepEqual(problems, []);
    assert.equal(conformance?.version, 'AC1024');
    assert.deepEqual(conformance?.entities, {
      ANNOTATIONS: { text: 16 },
      CEILING_BOUNDARY: { polygon: 1 },
      DIMENSIONS: { dimension: 5 },
      PANELS: { polygon: 6 },
      PERIMETER_GAP: { polygon: 1 },
      SENSOR_NODES: { circle: 2, line: 1 },
    });
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
    assert.deepEqual(certifyDxf(writeDxf(measured), measured).problems, []);
  });

  it('says its units and how far it reaches', () => {
    assert.match(text, /\$INSUNITS\n70\n4\n/);
    assert.match(text, /\$MEASUREMENT\n70\n1\n/);
    assert.match(text, /\$EXTMAX\n10\n4800\n20\n4780\n/);
  });

  it('is the same bytes each time, also when another was written between', () => {
    writeDxf(manyPanels(3));
    assert.deepEqual(writeDxf(drawing), bytes);
  });

  it('is written with nothing on it, too', () => {
    const empty = { ...drawing, shapes: [] };
    assert.deepEqual(certifyDxf(writeDxf(empty), empty).problems, []);
  });

  it('is refused when it cannot be drawn', () => {
    const shapes = [{ kind: 'circle', layer: 'PANELS', center: { x: 0, y: 0 }, radius: Number.NaN } as const];
    assert.throws(() => writeDxf({ ...drawing, shapes }), UnfitDrawing);
  });
});

describe('a DXF file that is not what was drawn', () => {
  for (const [name, mutant] of Object.entries(mutants(drawing))) {
    it(`is refused: ${name}`, () => assert.notDeepEqual(certifyDxf(writeDxf(mutant), drawing).problems, []));
  }

  it('is refused when its header, its layers or a picture of a dimension say something else', () => {
    const edits: readonly (readonly [from: string, to: string, problem: RegExp])[] = [
      ['$INSUNITS\n70\n4', '$INSUNITS\n70\n6', /has the units 6/],
      ['$MEASUREMENT\n70\n1', '$MEASUREMENT\n70\n0', /has the measurement 0/],
      ['AC1024', 'AC1015', /is of version AC1015/],
      ['2\nPANELS\n62\n1', '2\nPANELS\n62\n5', /has layer PANELS in colour 5/],
      ['2\nPANELS\n62', '2\nSLABS\n62', /has the layers .*SLABS/],
      ['1\n1333.3\n', '1\n1233.3\n', /shows dimension 3 otherwise/],
      ['\n72\n1\n', '\n72\n2\n', /aligned by 2/],
      ['\n72\n1\n11\n2400\n21\n-178', '\n72\n2\n11\n2400\n21\n-178', /aligned by 2/],
    ];
    for (const [from, to, problem] of edits) {
      assert.match(certifyDxf(edited(from, to), drawing).problems.join('\n'), problem);
    }
  });

  it('is refused with any byte changed, by its digest if by nothing else', () => {
    let meaningless = 0;
    for (const copy of flipped(bytes, 300, 2026)) {
      if (certifyDxf(copy, drawing).problems.length === 0) meaningless += 1;
      assert.notDeepEqual(certifyDxf(copy, drawing, digest).problems, []);
    }
    // Handles, owners and markers: what is drawn does not depend on them. Most bytes mean something.
    assert.ok(meaningless < 200, `${meaningless} of 300 were only seen by the digest`);
  });

  it('is refused when its end is missing, wherever it was cut', () => {
    for (const cut of truncated(bytes, 60)) assert.throws(() => readDxf(cut), Unreadable);
    assert.throws(() => readDxf(bytes.subarray(0, bytes.length - 1)), Unreadable);
  });

  it('is refused with anything in it that is not written here', () => {
    const point = '0\nPOINT\n5\nFFFF\n330\n0\n8\nPANELS\n10\n0\n20\n0\n30\n0\n';
    const bad: readonly (readonly [bytes: Uint8Array, reason: RegExp])[] = [
      [edited('2\nENTITIES\n', `2\nENTITIES\n${point}`), /an entity POINT/],
      [edited('2\nENTITIES\n', `2\nENTITIES\n${point.replace('POINT', 'GHOST')}`), /entities are known/],
      [new TextEncoder().encode(`${text}0\nEOF\n`), /does not end with EOF/],
      [edited('\n5\n14\n', '\n5\n13\n'), /is there twice/],
      [Uint8Array.of(0xff, 0xfe), /not UTF-8/],
      [edited('LWPOLYLINE', 'LWPOLYLINE\n1e999'), /./],
    ];
    for (const [damaged, reason] of bad) assert.throws(() => readDxf(damaged), reason);
  });
});
