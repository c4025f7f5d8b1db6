import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Drawing, Shape } from './drawing.ts';
import { checkDrawing, UnfitDrawing } from './fitness.ts';
import { oneLine } from './one-line.ts';
import { sampleDrawing } from './testing/index.ts';

const problemsOf = (drawing: Drawing): readonly string[] => {
  try {
    checkDrawing(drawing);
    return [];
  } catch (error) {
    assert.ok(error instanceof UnfitDrawing);
    return error.problems;
  }
};

describe('whether a drawing can be written', () => {
  it('is so for what is drawn as its types say', () => assert.deepEqual(problemsOf(sampleDrawing()), []));

  it('is refused with every fault of its layers', () => {
    const [first] = sampleDrawing().layers;
    assert.ok(first !== undefined);
    const bad = { ...first, name: 'a<b', colorIndex: 0, stroke: 'red', strokeWidth: -1, dash: [1] };
    assert.deepEqual(problemsOf({ title: '', shapes: [], layers: [first, first, bad] }), [
      'layer CEILING_BOUNDARY is there twice',
      'layer "a<b" has no name of A-Z, 0-9, _',
      'layer a<b: colour index 0',
      'layer a<b: colour "red"',
      'layer a<b: a stroke of -1 mm',
      'layer a<b: dashes of 1 mm',
    ]);
  });

  it('is refused with every shape that has no place or size, up to twenty', () => {
    const on = { layer: 'PANELS' };
    const at = { x: 0, y: 0 };
    const bad: Shape[] = [
      { ...on, kind: 'polygon', points: [at, at] },
      { ...on, kind: 'line', from: at, to: { x: Number.NaN, y: 0 } },
      { ...on, kind: 'circle', center: at, radius: 0 },
      { ...on, kind: 'text', align: 'start', at: { x: 0, y: 1e10 }, height: 1, text: '' },
      { ...on, kind: 'text', align: 'start', at, height: Number.POSITIVE_INFINITY, text: '' },
      { ...on, kind: 'dimension', from: at, to: at, offset: 1, height: 1 },
      { kind: 'line', layer: 'NOWHERE', from: at, to: at },
    ];
    const { layers } = sampleDrawing();
    assert.deepEqual(problemsOf({ title: '', layers, shapes: bad }), [
      'polygon 1: it has 2 points',
      'line 2: it has a coordinate that is no number of up to 1000000000 mm',
      'circle 3: its radius is 0 mm',
      'text 4: it has a coordinate that is no number of up to 1000000000 mm',
      'text 5: its height is Infinity mm',
      'dimension 6: it measures nothing',
      'line 7: it is on no layer of the drawing',
    ]);
    assert.equal(
      problemsOf({ title: '', layers, shapes: Array.from({ length: 30 }, () => bad[0] as Shape) }).length,
      20,
    );
  });
});

describe('a text as one line', () => {
  it('shows what is no character of a line, and keeps all else', () => {
    assert.equal(oneLine('a\nb\r\t\0\x7F\u0085\u2028\uD800\uFFFE'), 'a␊b␍␉␀␡����');
    const text = 'Ђорђе שלום <b> %%c \\U+0041 \u{1F600}';
    assert.equal(oneLine(text), text);
  });
});
