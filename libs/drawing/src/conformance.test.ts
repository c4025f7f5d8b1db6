import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Certified, certify, type Found, Unreadable } from './conformance.ts';
import { mutants, sampleDrawing } from './testing/index.ts';

const { shapes, layers } = sampleDrawing();
const names = layers.map(({ name }) => name);
const file = (more: Partial<Certified<Found>> = {}): Certified<Found> => ({
  ...{ format: 'any', sha256: 'aa', written: 'aa', expected: shapes, layers: names, tolerance: 0.01 },
  ...{ read: () => ({ version: '1', shapes, layers: names }), check: () => [] },
  ...more,
});

describe('a file that was read back', () => {
  it('is certified with what was found in it', () => {
    const { problems, conformance } = certify(file());
    assert.deepEqual(problems, []);
    assert.deepEqual(conformance?.entities.PANELS, { polygon: 6 });
    assert.deepEqual(conformance?.extents, { minX: 0, minY: 0, maxX: 4800, maxY: 4780 });
    assert.deepEqual([conformance?.layers, conformance?.sha256], [names, 'aa']);
  });

  it('is refused when its bytes are not those that were written, though they mean the same', () => {
    assert.deepEqual(certify(file({ written: 'bb' })).problems, [
      'is not what was written: its SHA-256 is aa, and not bb',
    ]);
    assert.deepEqual(certify(file({ written: undefined })).problems, []);
  });

  it('is refused with the reason where it cannot be read, and other errors are not swallowed', () => {
    const refusing = (error: Error) => () => {
      throw error;
    };
    assert.deepEqual(certify(file({ read: refusing(new Unreadable('no section HEADER')) })), {
      problems: ['cannot be read: no section HEADER'],
    });
    assert.throws(() => certify(file({ read: refusing(new TypeError('a bug')) })), /a bug/);
  });

  it('is refused for whatever its format says wrongly', () => {
    assert.deepEqual(certify(file({ check: () => ['is in inches'] })).problems, ['is in inches']);
  });

  it('is refused for everything that differs in what is drawn', () => {
    for (const [name, mutant] of Object.entries(mutants(sampleDrawing()))) {
      const found = { version: '1', shapes: mutant.shapes, layers: mutant.layers.map((layer) => layer.name) };
      if (name === 'a layer in other dashes') continue; // Of the style, which formats check.
      assert.notDeepEqual(certify(file({ read: () => found })).problems, [], name);
    }
  });
});
