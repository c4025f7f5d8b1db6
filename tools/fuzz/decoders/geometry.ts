/** What has to hold of bytes that somebody says are a geometry. */
import assert from 'node:assert/strict';
import { boxOf, canonicalEwkb, decodeGeometry, encodeGeometry, type Geometry, refusalOf } from '@plenum/geometry';

/** They are refused, or they are one form of something that has a box; and the same for bytes of other programs. */
export const geometryHolds = (bytes: Uint8Array): void => {
  if (refusalOf(bytes) === undefined) {
    const { west, south, east, north } = boxOf(bytes);
    assert.ok(west <= east && south <= north);
    assert.deepEqual(Buffer.from(encodeGeometry(decodeGeometry(bytes))), Buffer.from(bytes));
  }
  const canonical = canonicalEwkb(bytes, { heights: 'drop' });
  if ('ewkb' in canonical) assert.equal(refusalOf(canonical.ewkb), undefined);
};

const corner = [20.46, 44.81] as const;
const ring = [corner, [20.47, 44.81], [20.47, 44.82], corner] as const;
const geometries: readonly Geometry[] = [
  { type: 'Point', coordinates: corner },
  { type: 'LineString', coordinates: ring },
  { type: 'Polygon', coordinates: [ring, ring] },
  { type: 'MultiPoint', coordinates: ring },
  { type: 'MultiLineString', coordinates: [ring, ring] },
  { type: 'MultiPolygon', coordinates: [[ring], [ring, ring]] },
];

/** Each as we write it, and as a GeoPackage has it. */
export const geometryBytes: readonly Uint8Array[] = geometries.map(encodeGeometry).flatMap((ewkb) => {
  const header = [0x47, 0x50, 0, 1, 0xe6, 0x10, 0, 0];
  return [ewkb, Uint8Array.from([...header, ...ewkb])];
});
