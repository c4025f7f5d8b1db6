/** A geometry of GeoJSON that somebody sent, with a reason that says where it is wrong. Nothing is dropped unsaid. */
import { encodeGeometry } from './encode.ts';
import { geometryKinds, kindCodes, maxGeometryPoints } from './ewkb.ts';
import type { Geometry, GeometryKind, Position } from './geometry.ts';
import { refusalOf } from './refusal.ts';

/** `drop` takes heights (and measures) off; without it they refuse the geometry, for what is stored has none. */
export type Heights = 'refuse' | 'drop';

export type Accepted = { readonly ewkb: Uint8Array } | { readonly refusal: string };

/**
 * `value` is parsed JSON: a geometry object of RFC 7946. Of a `bbox` nothing is kept, for `boxOf` computes it; a `crs` of older
 * GeoJSON has to name EPSG:4326; members nobody knows refuse it, as do collections, features and what `refusalOf` refuses.
 */
export const geometryFromGeoJson = (
  value: unknown,
  { kind, heights = 'refuse' }: { readonly kind?: GeometryKind; readonly heights?: Heights } = {},
): Accepted => {
  const shape = shapeOf(value);
  if (typeof shape === 'string') return { refusal: shape };
  const reading: Reading = { heights, points: 0 };
  const coordinates = readNested(reading, shape.coordinates, 'coordinates', depths[shape.type]);
  if (coordinates === undefined) return { refusal: reading.refusal ?? 'coordinates are not readable' };
  // `readNested` made positions nested as deep as the kind's coordinates are, which the compiler cannot count.
  const ewkb = encodeGeometry({ type: shape.type, coordinates } as Geometry);
  const refusal = refusalOf(ewkb, kind);
  return refusal === undefined ? { ewkb } : { refusal };
};

/** How many arrays are around a position. */
const depths = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
} as const satisfies Record<GeometryKind, number>;

const shapeOf = (value: unknown): { readonly type: GeometryKind; readonly coordinates: unknown } | string => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a GeoJSON object';
  const { type, coordinates, bbox, crs, ...others } = value as Record<string, unknown>; // Any object is one.
  if (!isKind(type)) return `type ${shown(type)} is not one of ${geometryKinds.join(', ')}`;
  if (crs !== undefined && crs !== null && !isOurs(crs)) return 'its crs is not EPSG:4326';
  const [other] = Object.keys(others);
  return other === undefined ? { type, coordinates } : `${shown(other)} is not a member of a geometry`;
};

const isKind = (type: unknown): type is GeometryKind => typeof type === 'string' && Object.hasOwn(kindCodes, type);

/** GeoJSON puts longitude first under each of these names. */
const crsNames = ['urn:ogc:def:crs:OGC:1.3:CRS84', 'urn:ogc:def:crs:EPSG::4326', 'EPSG:4326'];

const isOurs = (crs: unknown): boolean => {
  const name = (crs as { readonly properties?: { readonly name?: unknown } }).properties?.name;
  return typeof name === 'string' && crsNames.includes(name);
};

type Reading = { readonly heights: Heights; points: number; refusal?: string };

/** Positions nested `depth` deep, or `undefined` with a refusal. Its depth bounds its recursion, whatever was sent. */
const readNested = (reading: Reading, value: unknown, path: string, depth: number): unknown => {
  if (!Array.isArray(value)) return refuse(reading, `${path} is not an array`);
  if (depth === 0) return readPosition(reading, value, path);
  const nested: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const read = readNested(reading, item, `${path}[${index}]`, depth - 1);
    if (read === undefined) return undefined;
    nested.push(read);
  }
  return nested;
};

const readPosition = (reading: Reading, value: readonly unknown[], path: string): Position | undefined => {
  reading.points += 1;
  if (reading.points > maxGeometryPoints) return refuse(reading, `more than ${maxGeometryPoints} points`);
  const [longitude, latitude] = value;
  if (typeof longitude !== 'number' || typeof latitude !== 'number') {
    return refuse(reading, `${path} is not a longitude and a latitude`);
  }
  if (value.length > 2 && reading.heights === 'refuse') {
    return refuse(reading, `${path} has ${value.length} numbers: heights are not kept`);
  }
  return [longitude + 0, latitude + 0]; // A zero loses its sign.
};

const refuse = (reading: Reading, refusal: string): undefined => {
  reading.refusal = refusal;
};

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value;
