import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundsOf } from './bounds.ts';
import { countsOf } from './counts.ts';
import { differences } from './differences.ts';
import type { Polygon, Shape, Text } from './drawing.ts';

const square = (x: number, y: number, layer = 'PANELS'): Polygon => ({
  ...{ kind: 'polygon', layer },
  points: [
    { x, y },
    { x: x + 100, y },
    { x: x + 100, y: y + 100 },
    { x, y: y + 100 },
  ],
});
const label = (text: string): Text => ({
  ...{ kind: 'text', layer: 'ANNOTATIONS', align: 'middle', text },
  ...{ at: { x: 50, y: 50 }, height: 10 },
});

describe('what a file has otherwise than its drawing', () => {
  it('is nothing for the same shapes in any order, as far as the format rounds', () => {
    const places = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
      selector: ([x, y]) => `${x} ${y}`,
    });
    fc.assert(
      fc.property(places, fc.double({ min: -0.04, max: 0.04, noNaN: true }), (at, off) => {
        const shapes = at.map(([x, y]) => square(x * 100, y * 100));
        const read = shapes.toReversed().map(({ points, ...rest }) => ({
          ...rest,
          points: points.map(({ x, y }) => ({ x: x + off, y: y - off })),
        }));
        assert.deepEqual(differences(shapes, read, 0.05), []);
      }),
    );
  });

  it('names a shape that moved by a millimetre, twice: as missing, and as one that does not belong', () => {
    assert.deepEqual(differences([square(0, 0), square(200, 0)], [square(0, 0), square(201, 0)], 0.05), [
      'is missing: polygon on PANELS at 200 0 300 0 300 100 200 100',
      'does not belong: polygon on PANELS at 201 0 301 0 301 100 201 100',
    ]);
  });

  it('tells layers, kinds, texts and places apart', () => {
    const shapes: Shape[] = [
      square(0, 0),
      label('P1'),
      { kind: 'line', layer: 'A', from: { x: 0, y: 0 }, to: { x: 1, y: 0 } },
    ];
    const others: Shape[][] = [
      [square(0, 0, 'OTHER'), ...shapes.slice(1)],
      [square(0, 0), label('P2'), ...shapes.slice(2)],
      shapes.slice(0, 2),
      [...shapes, label('P1')],
    ];
    for (const other of others) assert.notDeepEqual(differences(shapes, other, 0.05), []);
    assert.deepEqual(differences(shapes, [...shapes], 0), []);
  });

  it('names no more than can be read, and says how many there are', () => {
    const shapes = Array.from({ length: 100 }, (_, index) => square(index * 200, 0));
    const said = differences(shapes, [], 0.05);
    assert.equal(said.length, 21);
    assert.equal(said.at(-1), '100 are missing, 0 do not belong');
  });
});

describe('what there is in a drawing', () => {
  it('is counted by layer and kind', () => {
    assert.deepEqual(countsOf([label('a'), square(0, 0), square(1, 1)]), {
      ANNOTATIONS: { text: 1 },
      PANELS: { polygon: 2 },
    });
  });

  it('reaches as far as its points, and nowhere without any', () => {
    const circle: Shape = { kind: 'circle', layer: 'NODES', center: { x: -10, y: 5 }, radius: 20 };
    assert.deepEqual(boundsOf([square(0, 0), circle]), { minX: -30, minY: -15, maxX: 100, maxY: 100 });
    assert.equal(boundsOf([]), undefined);
  });
});
