import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeGeometry } from '@plenum/geometry';
import { Compile } from 'typebox/compile';
import { bboxOf, geometryField, geometryGiven } from './geometry.ts';
import { Problem } from './problem.ts';

const isValidation = (error: unknown): boolean => error instanceof Problem && error.kind === 'validation';

describe('a bbox', () => {
  it('is four numbers, west before east and south before north', () => {
    assert.deepEqual(bboxOf('-180,-90,180,90'), { west: -180, south: -90, east: 180, north: 90 });
    assert.deepEqual(bboxOf(' 1.5, 2 ,1.5,2'), { west: 1.5, south: 2, east: 1.5, north: 2 });
    assert.equal(bboxOf(undefined), undefined);
  });

  for (const wrong of [
    '',
    '1,2,3',
    '1,2,3,4,5',
    '1,,3,4',
    'a,2,3,4',
    '3,2,1,4',
    '1,4,3,2',
    '-181,0,0,0',
    '0,0,0,91',
    '1e999,0,1,1',
  ]) {
    it(`is not ${JSON.stringify(wrong)}`, () => assert.throws(() => bboxOf(wrong), isValidation));
  }
});

describe('a geometry in a body', () => {
  const ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ];

  it('becomes EWKB', () => {
    const given = { type: 'Polygon', coordinates: [ring] };
    assert.deepEqual(decodeGeometry(geometryGiven('area', given, 'Polygon')), given);
  });

  it('is refused with what is wrong with it', () => {
    for (const wrong of [
      { type: 'Point', coordinates: [0, 0] },
      { type: 'Polygon', coordinates: [ring.slice(0, 3)] },
      'no',
    ]) {
      assert.throws(() => geometryGiven('area', wrong, 'Polygon'), isValidation);
    }
  });

  it('has a schema of its kind', () => {
    const polygon = Compile(geometryField('Polygon', 'An area.'));
    assert.ok(polygon.Check({ type: 'Polygon', coordinates: [ring] }));
    for (const wrong of [
      { type: 'Point', coordinates: [0, 0] },
      { type: 'Polygon', coordinates: ring },
      { type: 'Polygon' },
    ]) {
      assert.ok(!polygon.Check(wrong), JSON.stringify(wrong));
    }
    assert.ok(Compile(geometryField('Point', 'A place.')).Check({ type: 'Point', coordinates: [1, 2] }));
  });
});
