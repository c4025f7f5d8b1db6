/** Lengths on the ellipsoid, against published ones, and whichever way a line is walked. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Position } from '../geometry.ts';
import { distanceM, lengthM } from './length.ts';

const position: fc.Arbitrary<Position> = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
);

describe('a length on the ellipsoid', () => {
  it('is that of the meridian and of the equator', () => {
    // WGS 84: a quarter meridian is 10,001,965.729 m, a degree of the equator 111,319.491 m.
    assert.ok(Math.abs(distanceM([0, 0], [0, 90]) - 10_001_965.729) < 0.001);
    assert.ok(Math.abs(distanceM([20, 0], [21, 0]) - 111_319.491) < 0.001);
  });

  it('goes across the antimeridian the short way', () => {
    assert.ok(Math.abs(distanceM([179.5, 0], [-179.5, 0]) - 111_319.491) < 0.001);
  });

  it('is the same both ways, and nothing where there is nothing to walk', () => {
    fc.assert(
      fc.property(fc.array(position, { maxLength: 6 }), (line) => {
        const [there, back] = [lengthM(line), lengthM(line.toReversed())];
        assert.ok(Math.abs(there - back) <= 1e-6, `${there} and ${back}`);
        if (line.length < 2) assert.equal(there, 0);
      }),
    );
  });
});
