/** Any geometry that can be stored, for properties. */
import fc from 'fast-check';
import type { Geometry, GeometryKind, Position } from '../geometry.ts';

/** Coordinates as people have them, and the limits. No negative zero: the ways in remove it. */
const degrees = (limit: number): fc.Arbitrary<number> =>
  fc
    .oneof(
      fc.double({ min: -limit, max: limit, noNaN: true }),
      fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((micro) => micro / 1e6),
      fc.constantFrom(-limit, 0, limit),
    )
    .map((value) => value + 0);

const position: fc.Arbitrary<Position> = fc.tuple(degrees(180), degrees(90));
const line = fc.array(position, { minLength: 2, maxLength: 8 });
const ring = fc.array(position, { minLength: 3, maxLength: 8 }).map((open) => [...open, open[0] as Position]);
const polygon = fc.array(ring, { minLength: 1, maxLength: 3 });

const parts = <T>(part: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(part, { minLength: 1, maxLength: 4 });

const coordinates = {
  Point: position,
  LineString: line,
  Polygon: polygon,
  MultiPoint: parts(position),
  MultiLineString: parts(line),
  MultiPolygon: parts(polygon),
} as const satisfies Record<GeometryKind, fc.Arbitrary<unknown>>;

export const geometriesOf = (type: GeometryKind): fc.Arbitrary<Geometry> =>
  // The table above has for each kind what its coordinates are.
  (coordinates[type] as fc.Arbitrary<unknown>).map((made) => ({ type, coordinates: made }) as Geometry);

export const geometries: fc.Arbitrary<Geometry> = fc.oneof(
  ...(Object.keys(coordinates) as GeometryKind[]).map(geometriesOf), // The literal's own keys.
);
