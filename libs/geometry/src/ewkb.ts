/**
 * The form of the bytes, which is what PostGIS answers to `ST_AsEWKB(geom, 'NDR')`:
 *
 *     01                  little-endian, here and in every part
 *     uint32              the kind (1 to 6) with the SRID flag 0x20000000
 *     uint32              the SRID: 4326
 *     Point               two float64: longitude, latitude
 *     LineString          uint32 how many, then as many points
 *     Polygon             uint32 how many rings, each like a LineString
 *     Multi…              uint32 how many parts, each with a header of its own: 01, uint32 the kind without a flag
 *
 * A place has one such form (but for the sign of a zero, which the ways in remove), so equal bytes are equal geometry.
 */
import type { GeometryKind } from './geometry.ts';

export const littleEndian = 1;
export const sridFlag = 0x2000_0000;
export const srid = 4326;
/** Byte order, kind, SRID. */
export const headerBytes = 9;
/** Byte order, kind. */
export const partHeaderBytes = 5;
export const countBytes = 4;
export const pointBytes = 16;

/** More is refused: a geometry travels in an event and in a row. */
export const maxGeometryBytes = 1024 * 1024;
/** More is refused. As GeoJSON a point takes up to 50 bytes. */
export const maxGeometryPoints = 50_000;

export const kindCodes = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
} as const satisfies Record<GeometryKind, number>;

export const geometryKinds = Object.keys(kindCodes) as GeometryKind[]; // The literal's own keys, in order of their codes.

/** `undefined` for a code that no kind has. */
export const kindOfCode = (code: number): GeometryKind | undefined => geometryKinds[code - 1];

/** The code of a Multi…'s parts; `undefined` of what has none. */
export const partCodeOf = (code: number): number | undefined => (code > 3 && code <= 6 ? code - 3 : undefined);

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
