import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dimensionParts, measureOf } from './dimension-parts.ts';
import type { Dimension, Point } from './drawing.ts';

const dimension = (from: Point, to: Point, offset: number): Dimension => ({
  ...{ kind: 'dimension', layer: 'DIMENSIONS' },
  ...{ from, to, offset, height: 10 },
});
const origin = { x: 0, y: 0 };

describe('a dimension as lines and a text', () => {
  it('has its line beside what it measures, and its text above that', () => {
    const { lines, text } = dimensionParts(dimension(origin, { x: 100, y: 0 }, -30));
    const [, , line] = lines;
    assert.deepEqual(
      [line?.from, line?.to],
      [
        { x: 0, y: -30 },
        { x: 100, y: -30 },
      ],
    );
    assert.deepEqual(text, { at: { x: 50, y: -21 }, degrees: 0, height: 10, text: '100' });
  });

  it('is read from below or from the right, whichever way it goes', () => {
    const degreesTo = (x: number, y: number): number => dimensionParts(dimension(origin, { x, y }, 10)).text.degrees;
    assert.deepEqual([degreesTo(0, 100), degreesTo(0, -100), degreesTo(-100, 0)], [90, 90, 0]);
    const coordinate = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        fc.pre(x !== 0 || y !== 0);
        const degrees = degreesTo(x, y);
        assert.ok(degrees > -90 && degrees < 90.02, `${degrees}`);
      }),
    );
  });

  it('says a whole millimetre without decimals, and any other to a tenth', () => {
    const says = (x: number): string => measureOf(dimension(origin, { x, y: 0 }, 1));
    assert.deepEqual([says(4800), says(4000 / 3), says(0.04 + 12)], ['4800', '1333.3', '12']);
  });
});
