import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boxOf, decodeGeometry, encodeGeometry, type Geometry, refusalOf } from './index.ts';
import { geometries } from './testing/index.ts';

describe('a geometry as bytes', () => {
  it('is what PostGIS writes', () => {
    for (const [geometry, hex] of written) {
      assert.equal(Buffer.from(encodeGeometry(geometry)).toString('hex'), hex, geometry.type);
      assert.equal(refusalOf(Buffer.from(hex, 'hex'), geometry.type), undefined);
    }
  });

  it('is decoded to what was encoded', () => {
    fc.assert(
      fc.property(geometries, (geometry) => assert.deepEqual(decodeGeometry(encodeGeometry(geometry)), geometry)),
    );
  });

  it('can be stored, as its own kind and as no other', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        const ewkb = encodeGeometry(geometry);
        assert.equal(refusalOf(ewkb), undefined);
        assert.equal(refusalOf(ewkb, geometry.type), undefined);
        const other = geometry.type === 'Point' ? 'Polygon' : 'Point';
        assert.equal(refusalOf(ewkb, other), `a ${geometry.type}, not a ${other}`);
      }),
    );
  });

  it('has the box of its coordinates, without those of holes', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        const numbers = withoutHoles(geometry).flat(3) as number[];
        const longitudes = numbers.filter((_, index) => index % 2 === 0);
        const latitudes = numbers.filter((_, index) => index % 2 === 1);
        assert.deepEqual(boxOf(encodeGeometry(geometry)), {
          west: Math.min(...longitudes),
          south: Math.min(...latitudes),
          east: Math.max(...longitudes),
          north: Math.max(...latitudes),
        });
      }),
    );
  });

  it('is read where it stands in a larger buffer', () => {
    const ewkb = encodeGeometry({ type: 'Point', coordinates: [20.46, 44.81] });
    const within = new Uint8Array([9, 9, 9, ...ewkb, 9]).subarray(3, 3 + ewkb.byteLength);
    assert.equal(refusalOf(within), undefined);
    assert.deepEqual(boxOf(within), { west: 20.46, south: 44.81, east: 20.46, north: 44.81 });
    assert.deepEqual(decodeGeometry(within), { type: 'Point', coordinates: [20.46, 44.81] });
  });
});

const withoutHoles = ({ type, coordinates }: Geometry): readonly unknown[] => {
  if (type === 'Polygon') return coordinates.slice(0, 1);
  return type === 'MultiPolygon' ? coordinates.map((rings) => rings[0]) : coordinates;
};

/** Taken from PostGIS 3.3: `encode(ST_AsEWKB(ST_GeomFromText(…, 4326), 'NDR'), 'hex')`. */
const written: readonly (readonly [Geometry, string])[] = [
  [{ type: 'Point', coordinates: [1, 2] }, '0101000020e6100000000000000000f03f0000000000000040'],
  [
    {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
    '0102000020e610000002000000000000000000f03f000000000000004000000000000008400000000000001040',
  ],
  [
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
    '0103000020e6100000010000000400000000000000000000000000000000000000000000000000f03f0000000000000000000000000000f03f000000000000f03f00000000000000000000000000000000',
  ],
  [
    {
      type: 'MultiPoint',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
    '0104000020e6100000020000000101000000000000000000f03f0000000000000040010100000000000000000008400000000000001040',
  ],
  [
    {
      type: 'MultiLineString',
      coordinates: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    },
    '0105000020e610000001000000010200000002000000000000000000f03f000000000000004000000000000008400000000000001040',
  ],
  [
    {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      ],
    },
    '0106000020e6100000010000000103000000010000000400000000000000000000000000000000000000000000000000f03f0000000000000000000000000000f03f000000000000f03f00000000000000000000000000000000',
  ],
];
