import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boxOf, decodeGeometry, encodeGeometry, type Geometry, maxGeometryPoints, refusalOf } from './index.ts';
import { geometries } from './testing/index.ts';

describe('bytes that are refused', () => {
  it('say why', () => {
    const point = encodeGeometry({ type: 'Point', coordinates: [1, 2] });
    const changed = (at: number, ...bytes: number[]): Uint8Array => {
      const copy = point.slice();
      copy.set(bytes, at);
      return copy;
    };
    assert.equal(refusalOf(new Uint8Array()), 'it ends within its header');
    assert.equal(refusalOf(changed(0, 0)), 'not little-endian');
    assert.equal(refusalOf(changed(4, 0)), 'type 0x1 is no two-dimensional geometry of a known kind with an SRID');
    assert.match(refusalOf(changed(4, 0xa0)) ?? '', /type 0xa0000001 is no two-dimensional/);
    assert.match(refusalOf(changed(1, 7)) ?? '', /type 0x20000007 is no/, 'a collection');
    assert.match(refusalOf(changed(1, 0)) ?? '', /type 0x20000000 is no/);
    assert.equal(refusalOf(changed(5, 0x11, 0x0f)), 'SRID 3857, not 4326');
    assert.equal(refusalOf(point.subarray(0, 24)), 'it ends too early');
    assert.equal(refusalOf(new Uint8Array([...point, 0])), '1 bytes after its end');
    assert.equal(refusalOf(new Uint8Array(1024 * 1024 + 1)), '1048577 bytes, more than 1048576');
  });

  it('say which part of a geometry is wrong', () => {
    const refused = (type: Geometry['type'], coordinates: unknown): string | undefined =>
      refusalOf(encodeGeometry({ type, coordinates } as Geometry));
    assert.equal(refused('Point', [Number.NaN, Number.NaN]), 'point 0: longitude NaN is not within ±180');
    assert.equal(refused('Point', [180.5, 0]), 'point 0: longitude 180.5 is not within ±180');
    assert.equal(refused('Point', [0, -Infinity]), 'point 0: latitude -Infinity is not within ±90');
    assert.equal(refused('LineString', []), 'a line of 0 points, fewer than 2');
    assert.equal(refused('LineString', [[1, 2]]), 'a line of 1 points, fewer than 2');
    assert.equal(
      refused('LineString', [
        [1, 2],
        [3, 91],
      ]),
      'point 1: latitude 91 is not within ±90',
    );
    assert.equal(refused('Polygon', []), 'it has no rings');
    const ring = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    assert.equal(refused('Polygon', [ring, ring.slice(1)]), 'ring 1: a ring of 3 points, fewer than 4');
    assert.equal(refused('Polygon', [[...ring, [1, 1]]]), 'ring 0: it does not end where it begins');
    assert.equal(refused('MultiPoint', []), 'it has no parts');
    assert.equal(refused('MultiPolygon', [[ring], []]), 'part 1: it has no rings');
    const many = Array.from({ length: maxGeometryPoints + 1 }, () => [0, 0]);
    assert.equal(refused('LineString', many), 'more than 50000 points');
    assert.equal(refused('LineString', many.slice(1)), undefined);
  });

  it('have parts that are of another kind, order or SRID than is written', () => {
    const points = encodeGeometry({ type: 'MultiPoint', coordinates: [[1, 2]] });
    const changed = (at: number, byte: number): Uint8Array => points.map((old, index) => (index === at ? byte : old));
    assert.equal(refusalOf(points), undefined);
    assert.equal(refusalOf(changed(13, 0)), 'part 0 is not little-endian');
    assert.equal(refusalOf(changed(14, 2)), 'part 0 is not a plain Point');
    assert.equal(refusalOf(changed(17, 0x20)), 'part 0 is not a plain Point', 'with an SRID of its own');
    assert.equal(refusalOf(changed(9, 2)), 'it ends too early', 'a part that is missing');
    assert.equal(refusalOf(changed(12, 0xff)), 'it ends too early', 'four thousand million parts that are missing');
  });

  it('never make it throw, and what passes has one form', () => {
    const check = (bytes: Uint8Array): void => {
      if (refusalOf(bytes) !== undefined) return;
      boxOf(bytes);
      assert.deepEqual(encodeGeometry(decodeGeometry(bytes)), bytes);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), check), { numRuns: 2_000 });
    fc.assert(fc.property(nearly, check), { numRuns: 5_000 });
  });
});

/** A geometry with some bytes changed, cut off or added. */
const nearly = fc
  .tuple(geometries, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.integer({ min: -9, max: 9 }))
  .map(([geometry, changes, longer]) => {
    const ewkb = encodeGeometry(geometry);
    const bytes = new Uint8Array(Math.max(0, ewkb.byteLength + longer));
    bytes.set(ewkb.subarray(0, bytes.byteLength));
    // Most changes hit where kinds and counts stand.
    for (const [at, byte] of changes) bytes[at % Math.min(40, bytes.byteLength)] = byte;
    return bytes;
  });
