import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeGeometry, encodeGeometry, type GeometryKind, geometryFromGeoJson, refusalOf } from './index.ts';
import { geometries } from './testing/index.ts';

describe('GeoJSON that somebody sent', () => {
  it('is accepted when it is a geometry that can be stored', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        const sent: unknown = JSON.parse(JSON.stringify(geometry));
        assert.deepEqual(geometryFromGeoJson(sent, { kind: geometry.type }), { ewkb: encodeGeometry(geometry) });
      }),
    );
  });

  it('is refused with a reason that says where', () => {
    for (const [sent, reason, kind] of refused) {
      assert.deepEqual(geometryFromGeoJson(sent, kind && { kind }), { refusal: reason }, JSON.stringify(sent));
    }
  });

  it('loses its heights only where that is asked for', () => {
    const sent = {
      type: 'LineString',
      coordinates: [
        [1, 2, 300],
        [3, 4, 301, 7],
      ],
    };
    assert.deepEqual(geometryFromGeoJson(sent), { refusal: 'coordinates[0] has 3 numbers: heights are not kept' });
    const flat = encodeGeometry({
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    });
    assert.deepEqual(geometryFromGeoJson(sent, { heights: 'drop' }), { ewkb: flat });
  });

  it('may have a box, and the name of our coordinates', () => {
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } };
    const sent = { type: 'Point', coordinates: [1, 2], bbox: [1, 2, 1, 2], crs };
    assert.deepEqual(geometryFromGeoJson(sent), { ewkb: encodeGeometry({ type: 'Point', coordinates: [1, 2] }) });
  });

  it('has zeros without a sign', () => {
    const accepted = geometryFromGeoJson({ type: 'Point', coordinates: [-0, -0] });
    assert.ok('ewkb' in accepted);
    assert.deepEqual(decodeGeometry(accepted.ewkb), { type: 'Point', coordinates: [0, 0] });
  });

  it('never makes it throw, whatever JSON it is', () => {
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 5 }),
      fc.record({
        type: fc.constantFrom('Point', 'LineString', 'Polygon', 'MultiPolygon'),
        coordinates: nestedNumbers,
      }),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const accepted = geometryFromGeoJson(value);
        assert.ok('refusal' in accepted || refusalOf(accepted.ewkb) === undefined);
      }),
    );
  });
});

const { nestedNumbers } = fc.letrec((tie) => ({
  nestedNumbers: fc.oneof({ maxDepth: 4 }, fc.double(), fc.array(tie('nestedNumbers'), { maxLength: 4 })),
}));

const kinds = 'Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon';

const refused: readonly (readonly [sent: unknown, reason: string, kind?: GeometryKind])[] = [
  [null, 'not a GeoJSON object'],
  ['POINT(1 2)', 'not a GeoJSON object'],
  [[1, 2], 'not a GeoJSON object'],
  [{}, `type undefined is not one of ${kinds}`],
  [{ type: 'GeometryCollection', geometries: [] }, `type "GeometryCollection" is not one of ${kinds}`],
  [{ type: 'toString', coordinates: [] }, `type "toString" is not one of ${kinds}`],
  [{ type: 'Point' }, 'coordinates is not an array'],
  [{ type: 'Point', coordinates: [] }, 'coordinates is not a longitude and a latitude'],
  [{ type: 'Point', coordinates: ['1', '2'] }, 'coordinates is not a longitude and a latitude'],
  [{ type: 'Point', coordinates: [1, null] }, 'coordinates is not a longitude and a latitude'],
  [{ type: 'Point', coordinates: [200, 2] }, 'point 0: longitude 200 is not within ±180'],
  [{ type: 'LineString', coordinates: [[1, 2], 3] }, 'coordinates[1] is not an array'],
  [{ type: 'LineString', coordinates: [[1, 2]] }, 'a line of 1 points, fewer than 2'],
  [{ type: 'Polygon', coordinates: [[[1, 2], [3]]] }, 'coordinates[0][1] is not a longitude and a latitude'],
  [{ type: 'Point', coordinates: [1, 2], name: 'x' }, '"name" is not a member of a geometry'],
  [{ type: 'Point', coordinates: [1, 2], crs: { properties: { name: 'EPSG:3857' } } }, 'its crs is not EPSG:4326'],
  [{ type: 'Point', coordinates: [1, 2] }, 'a Point, not a Polygon', 'Polygon'],
];
