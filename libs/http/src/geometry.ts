/** Geometry in requests and answers: GeoJSON (RFC 7946), and boxes as OGC API Features asks for them. */
import { type Box, type GeometryKind, type GeometryOf, geometryFromGeoJson } from '@plenum/geometry';
import { Type } from 'typebox';
import { Problem } from './problem.ts';

/** How deep positions stand in `coordinates`. */
const depths: Readonly<Record<GeometryKind, number>> = {
  Point: 0,
  ...{ LineString: 1, MultiPoint: 1 },
  ...{ Polygon: 2, MultiLineString: 2 },
  MultiPolygon: 3,
};

const position = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 };

/** The schema of a geometry of one kind. What it cannot say, such as that rings are closed, `geometryGiven` holds. */
export const geometryField = <const K extends GeometryKind>(kind: K, description: string) => {
  let coordinates: object = position;
  for (let depth = depths[kind]; depth > 0; depth -= 1) coordinates = { type: 'array', items: coordinates };
  return Type.Unsafe<GeometryOf<K>>({
    type: 'object',
    description: `${description} GeoJSON, in degrees: longitude, then latitude.`,
    properties: { type: { type: 'string', enum: [kind] }, coordinates },
    required: ['type', 'coordinates'],
    additionalProperties: false,
  });
};

/** EWKB of a geometry in a body. @throws Problem that says what is wrong with it. */
export const geometryGiven = (name: string, given: unknown, kind: GeometryKind): Uint8Array => {
  const accepted = geometryFromGeoJson(given, { kind });
  if ('refusal' in accepted) throw new Problem('validation', `body: ${name}: ${accepted.refusal}.`);
  return accepted.ewkb;
};

export const bboxField = Type.String({
  description: 'Only what reaches into this box: west, south, east and north, in degrees.',
  examples: ['15.9,45.7,16.1,45.9'],
  maxLength: 200,
});

/** @throws Problem for what is not a box. One across the 180th meridian is asked for as two. */
export const bboxOf = (asked: string | undefined): Box | undefined => {
  if (asked === undefined) return undefined;
  const parts = asked.split(',');
  const [west = NaN, south = NaN, east = NaN, north = NaN] = parts.map((part) =>
    part.trim() === '' ? NaN : Number(part),
  );
  const isBox =
    parts.length === 4 && west >= -180 && west <= east && east <= 180 && south >= -90 && south <= north && north <= 90;
  if (!isBox) throw new Problem('validation', 'querystring: bbox is west,south,east,north in degrees.');
  return { west, south, east, north };
};
